"""Contains all the data models used in inputs/outputs"""

from .adverse_told import AdverseTold
from .alive import Alive
from .amendment_asked import AmendmentAsked
from .answered import Answered
from .answered_items_item import AnsweredItemsItem
from .application import Application
from .application_properties import ApplicationProperties
from .batch_asked import BatchAsked
from .batch_item import BatchItem
from .batch_scored import BatchScored
from .column_told import ColumnTold
from .cypher_asked import CypherAsked
from .cypher_asked_parameters import CypherAskedParameters
from .decision_told import DecisionTold
from .decision_told_record import DecisionToldRecord
from .drawn import Drawn
from .edge import Edge
from .entries import Entries
from .entry_asked import EntryAsked
from .entry_told import EntryTold
from .event_asked import EventAsked
from .event_asked_properties import EventAskedProperties
from .evidence import Evidence
from .evidence_page import EvidencePage
from .expand_asked import ExpandAsked
from .expanded import Expanded
from .fact import Fact
from .facts import Facts
from .field_problem import FieldProblem
from .found import Found
from .found_path import FoundPath
from .given_asked import GivenAsked
from .given_asked_options import GivenAskedOptions
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
from .list_told import ListTold
from .lookup_asked import LookupAsked
from .lookup_asked_options import LookupAskedOptions
from .member import Member
from .members import Members
from .neighbour import Neighbour
from .neighbour_properties import NeighbourProperties
from .node import Node
from .order import Order
from .outcome import Outcome
from .outcome_asked import OutcomeAsked
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
from .reason_told import ReasonTold
from .reason_told_params import ReasonToldParams
from .reason_told_staff import ReasonToldStaff
from .ring_detail import RingDetail
from .ring_of import RingOf
from .ring_told import RingTold
from .rings import Rings
from .rule_told import RuleTold
from .rule_told_read import RuleToldRead
from .score_asked import ScoreAsked
from .score_asked_properties import ScoreAskedProperties
from .scored import Scored
from .scored_features_type_0 import ScoredFeaturesType0
from .scored_models import ScoredModels
from .scored_models_additional_property import ScoredModelsAdditionalProperty
from .scored_timings_ms import ScoredTimingsMs
from .sort import Sort
from .table import Table
from .used_identifier import UsedIdentifier
from .user import User
from .user_application import UserApplication
from .user_application_outcomes import UserApplicationOutcomes
from .user_applications import UserApplications
from .user_properties import UserProperties

__all__ = (
    "AdverseTold",
    "Alive",
    "AmendmentAsked",
    "Answered",
    "AnsweredItemsItem",
    "Application",
    "ApplicationProperties",
    "BatchAsked",
    "BatchItem",
    "BatchScored",
    "ColumnTold",
    "CypherAsked",
    "CypherAskedParameters",
    "DecisionTold",
    "DecisionToldRecord",
    "Drawn",
    "Edge",
    "Entries",
    "EntryAsked",
    "EntryTold",
    "EventAsked",
    "EventAskedProperties",
    "Evidence",
    "EvidencePage",
    "ExpandAsked",
    "Expanded",
    "Fact",
    "Facts",
    "FieldProblem",
    "Found",
    "FoundPath",
    "GivenAsked",
    "GivenAskedOptions",
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
    "ListTold",
    "LookupAsked",
    "LookupAskedOptions",
    "Member",
    "Members",
    "Neighbour",
    "NeighbourProperties",
    "Node",
    "Order",
    "Outcome",
    "OutcomeAsked",
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
    "ReasonTold",
    "ReasonToldParams",
    "ReasonToldStaff",
    "RingDetail",
    "RingOf",
    "RingTold",
    "Rings",
    "RuleTold",
    "RuleToldRead",
    "ScoreAsked",
    "ScoreAskedProperties",
    "Scored",
    "ScoredFeaturesType0",
    "ScoredModels",
    "ScoredModelsAdditionalProperty",
    "ScoredTimingsMs",
    "Sort",
    "Table",
    "UsedIdentifier",
    "User",
    "UserApplication",
    "UserApplicationOutcomes",
    "UserApplications",
    "UserProperties",
)
