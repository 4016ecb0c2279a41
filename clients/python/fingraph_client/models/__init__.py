"""Contains all the data models used in inputs/outputs"""

from .alive import Alive
from .answered import Answered
from .answered_items_item import AnsweredItemsItem
from .application import Application
from .application_properties import ApplicationProperties
from .column_told import ColumnTold
from .cypher_asked import CypherAsked
from .cypher_asked_parameters import CypherAskedParameters
from .drawn import Drawn
from .edge import Edge
from .evidence import Evidence
from .evidence_page import EvidencePage
from .expand_asked import ExpandAsked
from .expanded import Expanded
from .field_problem import FieldProblem
from .found import Found
from .found_path import FoundPath
from .graph_edge import GraphEdge
from .graph_node import GraphNode
from .graph_node_properties import GraphNodeProperties
from .graph_of_ring import GraphOfRing
from .graph_total import GraphTotal
from .graph_total_by_type import GraphTotalByType
from .history import History
from .history_entry import HistoryEntry
from .identifier import Identifier
from .identifier_properties import IdentifierProperties
from .kin import Kin
from .kind import Kind
from .link import Link
from .lookup_asked import LookupAsked
from .lookup_asked_options import LookupAskedOptions
from .member import Member
from .members import Members
from .neighbour import Neighbour
from .neighbour_properties import NeighbourProperties
from .node import Node
from .order import Order
from .outcome import Outcome
from .outcome_count import OutcomeCount
from .outcomes import Outcomes
from .param_told import ParamTold
from .part_told import PartTold
from .paths import Paths
from .paths_asked import PathsAsked
from .picture_asked import PictureAsked
from .picture_asked_params import PictureAskedParams
from .problem import Problem
from .question_asked import QuestionAsked
from .question_asked_params import QuestionAskedParams
from .question_told import QuestionTold
from .questions import Questions
from .ready import Ready
from .reason import Reason
from .reason_params import ReasonParams
from .ring_detail import RingDetail
from .ring_of import RingOf
from .ring_told import RingTold
from .rings import Rings
from .sort import Sort
from .table import Table
from .used_identifier import UsedIdentifier
from .user import User
from .user_application import UserApplication
from .user_application_outcomes import UserApplicationOutcomes
from .user_applications import UserApplications
from .user_properties import UserProperties

__all__ = (
    "Alive",
    "Answered",
    "AnsweredItemsItem",
    "Application",
    "ApplicationProperties",
    "ColumnTold",
    "CypherAsked",
    "CypherAskedParameters",
    "Drawn",
    "Edge",
    "Evidence",
    "EvidencePage",
    "ExpandAsked",
    "Expanded",
    "FieldProblem",
    "Found",
    "FoundPath",
    "GraphEdge",
    "GraphNode",
    "GraphNodeProperties",
    "GraphOfRing",
    "GraphTotal",
    "GraphTotalByType",
    "History",
    "HistoryEntry",
    "Identifier",
    "IdentifierProperties",
    "Kin",
    "Kind",
    "Link",
    "LookupAsked",
    "LookupAskedOptions",
    "Member",
    "Members",
    "Neighbour",
    "NeighbourProperties",
    "Node",
    "Order",
    "Outcome",
    "OutcomeCount",
    "Outcomes",
    "ParamTold",
    "PartTold",
    "Paths",
    "PathsAsked",
    "PictureAsked",
    "PictureAskedParams",
    "Problem",
    "QuestionAsked",
    "QuestionAskedParams",
    "QuestionTold",
    "Questions",
    "Ready",
    "Reason",
    "ReasonParams",
    "RingDetail",
    "RingOf",
    "RingTold",
    "Rings",
    "Sort",
    "Table",
    "UsedIdentifier",
    "User",
    "UserApplication",
    "UserApplicationOutcomes",
    "UserApplications",
    "UserProperties",
)
