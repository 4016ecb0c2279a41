"""FinGraph over HTTP: parse, authorise, call, shape. What is asked of the graph lies in the rooms below."""

from api.app import create_app
from api.limits import Limits

__all__ = ["Limits", "create_app"]
