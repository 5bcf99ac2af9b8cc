"""People: accounts, second factors, sessions, roles in organizations, applications, terms, and the letters they get.

Rooms: `accounts` (sign-up, confirmation, a new password), `persons` (who there is), `passwords`, `factors`, `sessions`,
`attempts` (slowing down who guesses), `roles`, `invitations`, `applications` and `duplicates` (organizations that wait for
the operator), `terms`, `leaving`, `outbox` and `letters`, `addresses`, `tokens`.

Guarantees: what a stranger can ask answers alike whether or not an address has an account; no secret rests in clear
text; nothing here logs, and no error holds an address.
"""
