"""Policies as data: which models are asked, and by which rules an application is approved, looked at or declined."""

from policy.check import Known, check_policy
from policy.decide import Verdict, decide
from policy.model import Outcome, Policy, policy_file, read_policy

__all__ = ["Known", "Outcome", "Policy", "Verdict", "check_policy", "decide", "policy_file", "read_policy"]
