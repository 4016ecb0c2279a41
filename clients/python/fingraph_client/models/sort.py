from enum import StrEnum


class Sort(StrEnum):
    MONEY = "money"
    RECENT = "recent"
    SCORE = "score"
    SIZE = "size"

    def __str__(self) -> str:
        return str(self.value)
