"""How a value is said to a person: money in whole units, times in days or hours, yes and no, columns by what they are."""

from __future__ import annotations

from dataclasses import dataclass

from features.words import Variant

SPANS = (
    (86_400.0, "days", "天"),
    (3_600.0, "hours", "小时"),
    (60.0, "minutes", "分钟"),
    (1.0, "seconds", "秒"),
)
COLUMNS = {
    "amount_cents": ("amount", "申请金额"),
    "term_months": ("term in months", "期限（月）"),
    "income_cents": ("monthly income", "月收入"),
    "debt_cents": ("debt", "其他负债"),
    "birth_year": ("year of birth", "出生年份"),
    "lender": ("lender", "机构"),
    "product": ("product", "产品"),
    "channel": ("channel", "渠道"),
    "sex": ("sex", "性别"),
    "region": ("region", "地区"),
    "IdNumber.sex": ("sex by the identity number", "证件号性别"),
    "IdNumber.region": ("region of the identity number", "证件号归属地"),
}
SECONDS, CENTS = (" seconds", "秒"), (" cents", "分")
"""As sentences of the catalogue say them."""
UNKNOWN, YES, NO = ("unknown", "未知"), ("yes", "是"), ("no", "否")
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Spoken:
    """A value in words, and the unit that a sentence need not say after it any more."""

    value: str
    unit: str = ""


def spoken(variant: Variant, value: float | str | None, language: str) -> Spoken:
    """A value of a feature, in `LANGUAGES`."""
    place, unit = LANGUAGES.index(language), variant.of.unit
    money = unit.startswith("cents") or (unit == "as stated" and variant.column.endswith("_cents"))
    after = SECONDS[place] if unit == "seconds" else CENTS[place] if money else ""
    if value is None or isinstance(value, str):
        return Spoken(UNKNOWN[place] if value is None else value, after)
    if unit == "yes or no":
        return Spoken((YES if value else NO)[place])
    if unit == "seconds":
        return Spoken(_span(value, place), after)
    if money:
        return Spoken(f"{value / 100:,.2f}", after)
    return Spoken(f"{value:,.4g}" if abs(value) < 1e4 and value % 1 else f"{value:,.0f}")


def column(variant: Variant, language: str) -> str:
    """What a column is called."""
    place = LANGUAGES.index(language)
    return COLUMNS.get(variant.column, (variant.column,) * 2)[place]


def _span(seconds: float, place: int) -> str:
    size, *names = next((one for one in SPANS if abs(seconds) >= 2 * one[0]), SPANS[-1])
    return f"{seconds / size:,.3g}{(' ', '')[place]}{names[place]}"
