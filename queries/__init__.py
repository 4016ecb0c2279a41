"""Hand-written Cypher: statements by name, the questions that investigators ask, and read-only Cypher for scripts."""

from queries.answers import Answer, Picture, PictureEdge, PictureNode
from queries.ask import ask, picture, warm
from queries.specs import Column, Kind, Param, Question, question, question_names, questions
from queries.statements import Mode, Statement, statement, statement_names

__all__ = [
    "Answer",
    "Column",
    "Kind",
    "Mode",
    "Param",
    "Picture",
    "PictureEdge",
    "PictureNode",
    "Question",
    "Statement",
    "ask",
    "picture",
    "question",
    "question_names",
    "questions",
    "statement",
    "statement_names",
    "warm",
]
