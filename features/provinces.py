"""Provinces of China by code and by the names that telephone numbering plans use (GB/T 2260)."""

from __future__ import annotations

_NAMES = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan",
    "44": "Guangdong", "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou",
    "53": "Yunnan", "54": "Xizang", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}  # fmt: skip
_CODES = {name.lower(): code for code, name in _NAMES.items()} | {
    "nei mongol": "15",
    "tibet": "54",
    "macau": "82",
}


def province(word: str) -> str | None:
    """The province code of `44`, `440305`, `Guangdong` or `Guangzhou, Guangdong`; None for any other place."""
    text = word.strip()
    if text[:2] in _NAMES and text.isdigit():
        return text[:2]
    return _CODES.get(text.rpartition(", ")[2].lower())
