"""Models over feature rows: trained on what was known, judged on what came later. They never see a database."""

from risk.model import Model, load_model
from risk.targets import Target, target_of, targets
from risk.train import Trained, Training, train

__all__ = ["Model", "Target", "Trained", "Training", "load_model", "target_of", "targets", "train"]
