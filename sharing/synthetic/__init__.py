"""Made-up factories for demonstrations, tests and measurements; every one says that it is synthetic.

Guarantees: the same seed and day give the same documents; no real company, identifier or contact is used.
"""

from sharing.synthetic.demo import demo_suppliers
from sharing.synthetic.factories import USUAL_RATE, rate_of, synthetic_factories

__all__ = ["USUAL_RATE", "demo_suppliers", "rate_of", "synthetic_factories"]
