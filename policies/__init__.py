"""Who sees what, how precisely: policies as data, decisions as integers.

Pure: no I/O, no clock, no chance, nothing of ours imported. ``evaluate`` says what a policy means, ``planes`` answers
the same fast, ``schema`` reads what owners write, ``matrix`` is its everyday face.
"""

from policies.conditions import Condition, ConditionNumber, ConditionTable, Standing, condition_of, standing
from policies.decision import Decision, bits_above, bits_up_to, capability_bit
from policies.errors import Fault, MalformedGrant, MalformedVocabulary, PolicyError, PolicyErrors, UnknownField
from policies.evaluate import decide
from policies.levels import LEVELS, TIERS, Kleene, Level, Tier
from policies.matrix import Matrix, Row, matrix_from, matrix_of, rules_from_matrix
from policies.model import (
    ANYONE,
    LISTING,
    NO_RELATION,
    PURPOSES,
    ROLES,
    ActiveGrant,
    Audience,
    Effect,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    RuleId,
    Viewer,
    Vocabulary,
)
from policies.planes import (
    NO_PLATFORM,
    CompiledPlatform,
    CompiledPolicy,
    compile_platform,
    compile_policy,
    decide_compiled,
    platform_bits,
)
from policies.review import policy_warnings
from policies.schema import parse_platform, parse_policy, platform_document, policy_document, rule_document
from policies.signature import signature

__all__ = [
    "ANYONE",
    "LEVELS",
    "LISTING",
    "NO_PLATFORM",
    "NO_RELATION",
    "PURPOSES",
    "ROLES",
    "TIERS",
    "ActiveGrant",
    "Audience",
    "CompiledPlatform",
    "CompiledPolicy",
    "Condition",
    "ConditionNumber",
    "ConditionTable",
    "Decision",
    "Effect",
    "Fault",
    "Kleene",
    "Level",
    "MalformedGrant",
    "MalformedVocabulary",
    "Matrix",
    "PlatformCap",
    "Policy",
    "PolicyError",
    "PolicyErrors",
    "Relation",
    "Row",
    "Rule",
    "RuleId",
    "Standing",
    "Tier",
    "UnknownField",
    "Viewer",
    "Vocabulary",
    "bits_above",
    "bits_up_to",
    "capability_bit",
    "compile_platform",
    "compile_policy",
    "condition_of",
    "decide",
    "decide_compiled",
    "matrix_from",
    "matrix_of",
    "parse_platform",
    "parse_policy",
    "platform_bits",
    "platform_document",
    "policy_document",
    "policy_warnings",
    "rule_document",
    "rules_from_matrix",
    "signature",
    "standing",
]
