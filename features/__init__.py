"""Features that cannot look ahead: declared once, computed the same for one application and for ten million."""

from features.catalogue import Catalogue, catalogue_for, house_catalogue
from features.compute import Features, Prepared, application_positions, compute, prepare, with_carried

__all__ = [
    "Catalogue",
    "Features",
    "Prepared",
    "application_positions",
    "catalogue_for",
    "compute",
    "house_catalogue",
    "prepare",
    "with_carried",
]
