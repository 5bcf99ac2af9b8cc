"""Who sees what, how precisely: policies as data, decisions as integers.

Pure: no I/O, no clock, no chance, nothing of ours imported. ``evaluate`` says what a policy means, ``planes`` answers
the same fast, ``schema`` reads what owners write, ``matrix`` is its everyday face; ``explain`` and ``seers`` answer what an
owner asks before saving.
"""

from policies.atoms import Atom, AtomName
from policies.conditions import Condition, ConditionNumber, ConditionTable, Standing, condition_of, standing
from policies.deciding import decide_by_planes
from policies.decision import Decision, bits_above, bits_up_to, capability_bit
from policies.directory import Credentials, Listed
from policies.errors import Fault, MalformedGrant, MalformedVocabulary, PolicyError, PolicyErrors, UnknownField
from policies.evaluate import decide
from policies.explain import Because, FieldReasons, Path, Voice, explain
from policies.granting import GRANT, Granted, granted
from policies.impact import ANOTHER_COUNTRY, ANOTHER_ORG, Change, DirectoryOnly, Impact, Reason, impact
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
from policies.oddities import Combination, Odd, Oddities, Oddity, Tells, oddities
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
from policies.said import Origin, Said
from policies.schema import parse_platform, parse_policy, platform_document, policy_document, rule_document
from policies.seers import Opening, Seers, SeersToday, Sight, When, members_who_see, who_sees
from policies.shifts import DirectoryImpact, FieldShift, Shift, impact_on
from policies.signature import signature
from policies.who import Among, Kind, Who, Witness

__all__ = [
    "ANOTHER_COUNTRY",
    "ANOTHER_ORG",
    "ANYONE",
    "GRANT",
    "LEVELS",
    "LISTING",
    "NO_PLATFORM",
    "NO_RELATION",
    "PURPOSES",
    "ROLES",
    "TIERS",
    "ActiveGrant",
    "Among",
    "Atom",
    "AtomName",
    "Audience",
    "Because",
    "Change",
    "Combination",
    "CompiledPlatform",
    "CompiledPolicy",
    "Condition",
    "ConditionNumber",
    "ConditionTable",
    "Credentials",
    "Decision",
    "DirectoryImpact",
    "DirectoryOnly",
    "Effect",
    "Fault",
    "FieldReasons",
    "FieldShift",
    "Granted",
    "Impact",
    "Kind",
    "Kleene",
    "Level",
    "Listed",
    "MalformedGrant",
    "MalformedVocabulary",
    "Matrix",
    "Odd",
    "Oddities",
    "Oddity",
    "Opening",
    "Origin",
    "Path",
    "PlatformCap",
    "Policy",
    "PolicyError",
    "PolicyErrors",
    "Reason",
    "Relation",
    "Row",
    "Rule",
    "RuleId",
    "Said",
    "Seers",
    "SeersToday",
    "Shift",
    "Sight",
    "Standing",
    "Tells",
    "Tier",
    "UnknownField",
    "Viewer",
    "Vocabulary",
    "Voice",
    "When",
    "Who",
    "Witness",
    "bits_above",
    "bits_up_to",
    "capability_bit",
    "compile_platform",
    "compile_policy",
    "condition_of",
    "decide",
    "decide_by_planes",
    "decide_compiled",
    "explain",
    "granted",
    "impact",
    "impact_on",
    "matrix_from",
    "matrix_of",
    "members_who_see",
    "oddities",
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
    "who_sees",
]
