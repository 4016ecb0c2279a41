"""Names of people and employers."""

from __future__ import annotations

import polars as pl

from loaders.normalise import mask
from loaders.normalise.fold import folded, folded_one
from loaders.normalise.kinds import (
    Normalised,
    One,
    Options,
    check_options,
    finished,
    first_reason,
    one_character,
    repeated,
    tidied,
    tidied_one,
)

NOTHING = (
    *("无", "没有", "暂无", "未知", "不详", "不知道", "空", "测试", "保密", "其他", "略"),
    *("none", "null", "nil", "nan", "n a", "not applicable", "not available", "unknown"),
    *("undefined", "test", "tbd"),
)
"""What people and programs write, folded, when they have nothing to write; no and na are names of people."""
_NO_EMPLOYER = (
    *(
        "无业",
        "失业",
        "待业",
        "无单位",
        "无工作",
        "无工作单位",
        "自由职业",
        "自由职业者",
        "个体",
        "个体户",
        "退休",
    ),
    *("unemployed", "self employed", "selfemployed", "freelance", "freelancer", "retired", "student", "学生"),
)


_JUNK = frozenset((*NOTHING, *_NO_EMPLOYER))


def normalise_name(raw: pl.Series, options: Options) -> Normalised:
    """Names folded over width, case, spaces and punctuation. No options.

    A company's suffix stays: 东方科技 and 东方科技有限公司 may be two firms. Refused: under two characters,
    no letter at all, placeholders, and statements of having no employer, which would tie strangers.
    """
    check_options("name", options)
    tidy = tidied(raw, lines=True)
    frame = tidy.with_columns(value=folded(tidy["text"]))
    value = pl.col("value")
    junk = value.is_in(tuple(_JUNK)) | repeated("value", 3)
    frame = frame.with_columns(
        first_reason(
            (junk, "name.placeholder"),
            (value.str.len_chars() < 2, "name.too_short"),
            (~value.str.contains(r"\p{L}"), "name.no_letters"),
        ),
        mask.words("value"),
    )
    return finished(frame)


def one_name(raw: str, options: Options) -> One | None:
    """As `normalise_name`, of one value."""
    text = None if options else tidied_one(raw)
    value = None if text is None else folded_one(text)
    if value is None or len(value) < 2 or value in _JUNK or one_character(value, 3):
        return None
    return One(value, mask.words_of(value)) if any(c.isalpha() for c in value) else None
