"""How a value is said to a person: money in whole units, times in days or hours, shares in percent, yes and no, columns by what
they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from features.catalogue import house_catalogue
from features.words import Takes, Variant

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
    "IdNumber.birth_year": ("year of birth by the identity number", "证件号出生年份"),
    "Phone.region": ("region of the phone number", "手机号归属地"),
    "IdNumber.region": ("region of the identity number", "证件号归属地"),
    "Employer": ("employer", "工作单位"),
    "Address": ("address", "住址"),
    "BankCard": ("bank card", "银行卡"),
    "Device": ("device", "设备"),
    "fraud": ("fraud", "欺诈"),
    "overdue": ("overdue", "逾期"),
    "approval": ("approval", "批准"),
    "applications": ("a number of applications", "申请数"),
    "users": ("a number of users", "用户数"),
    "newcomers": ("a number of newcomers", "新用户数"),
    "busiest_hour": ("applications in its busiest hour", "最忙一小时的申请数"),
}
CARRIED = {
    "applications": ("number of applications", "申请数"),
    "other_users": ("number of other users", "其他用户数"),
    "since_last": ("time in seconds since an application", "距上次申请秒数"),
    "smoothed": ("smoothed share of fraud", "欺诈平滑占比"),
}
"""By the definition of what a neighbour carries."""
SECONDS, CENTS = (" seconds", "秒"), (" cents", "分")
"""As sentences of the catalogue say them."""
UNKNOWN, YES, NO = ("unknown", "未知"), ("yes", "是"), ("no", "否")
LANGUAGES = ("en", "zh")
_ONE = re.compile(r"\b1 ((?:other |listed )?\w+)s\b")
_OF_ONE = {"were": "was", "are": "is", "belong": "belongs"}
_VERB = re.compile(rf"\b({'|'.join(_OF_ONE)})\b")


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
    if unit == "share":
        return Spoken(f"{100 * value:,.3g}%")
    if money:
        return Spoken(f"{value / 100:,.2f}", after)
    return Spoken(f"{value:,.4g}" if abs(value) < 1e4 and value % 1 else f"{value:,.0f}")


def column(variant: Variant, language: str) -> str:
    """What a column is called; one that neighbours carry, with the way that it was seen through."""
    place = LANGUAGES.index(language)
    if variant.of.type.takes is Takes.CARRIED:
        carried = house_catalogue().by_name.get(variant.column)
        if carried is not None and carried.view is not None and carried.of.name in CARRIED:
            what = CARRIED[carried.of.name][place]
            return (f"{what} through their {carried.view.en}", f"{carried.view.zh}{what}")[place]
    return called(variant.column, language)


def called(name: str, language: str) -> str:
    """What something that an application states or names is called."""
    return COLUMNS.get(name, (name,) * 2)[LANGUAGES.index(language)]


def agreeing(said: str, variant: Variant, value: float | str | None, language: str) -> str:
    """A sentence whose words agree with its number: in English the catalogue says of several what may be about one."""
    if language != "en" or value != 1 or variant.of.unit == "ratio":
        return said
    found, many = _ONE.subn(r"1 \1", said, count=1)
    return _VERB.sub(lambda verb: _OF_ONE[verb[0]], found, count=1) if many else said


def _span(seconds: float, place: int) -> str:
    size, *names = next((one for one in SPANS if abs(seconds) >= 2 * one[0]), SPANS[-1])
    return f"{seconds / size:,.3g}{(' ', '')[place]}{names[place]}"
