"""What an owner can ask before saving a policy: who would see what, why, and what a change would do.

Guarantees: every answer is the owner's own (`NotFound` for a factory of anybody else), is about a draft or about the policy
that is saved, and changes nothing. Of other organizations it uses what the directory tells every member (name, country,
sectors, roles, verification) and what ties them to this owner (grants, lists, agreements): what they hold, and what they
agreed with others, is theirs to show, and is said as "whoever holds X".
"""
