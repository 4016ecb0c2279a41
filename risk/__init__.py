"""Models over feature rows: trained on what was known, judged on what came later. They never see a database."""

import os

# Threads that sleep while they wait: spinning ones take a busy machine's cores from each other, and made training twenty
# times slower beside a second process. OpenMP reads it when the first library that needs it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from risk.loading import load_model
from risk.model import Model
from risk.targets import Target, target_of, targets
from risk.train import Trained, Training, train

__all__ = ["Model", "Target", "Trained", "Training", "load_model", "target_of", "targets", "train"]
