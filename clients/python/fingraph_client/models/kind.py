from enum import StrEnum


class Kind(StrEnum):
    APPLICATION = "application"
    BOOLEAN = "boolean"
    IDENTIFIER = "identifier"
    INTEGER = "integer"
    LIST = "list"
    MONEY = "money"
    NUMBER = "number"
    RING = "ring"
    TEXT = "text"
    TIME = "time"
    TYPE = "type"
    USER = "user"

    def __str__(self) -> str:
        return str(self.value)
