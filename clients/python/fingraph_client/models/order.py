from enum import StrEnum


class Order(StrEnum):
    LEAST_CONNECTED = "least_connected"
    MOST_CONNECTED = "most_connected"
    NEWEST = "newest"
    OLDEST = "oldest"

    def __str__(self) -> str:
        return str(self.value)
