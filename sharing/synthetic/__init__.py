"""Made-up factories for demonstrations, tests and measurements; every one says that it is synthetic.

Guarantees: the same seed and day give the same documents; no real company, identifier or contact is used.
"""

from sharing.synthetic.demo import demo_suppliers
from sharing.synthetic.factories import synthetic_factories

__all__ = ["demo_suppliers", "synthetic_factories"]
