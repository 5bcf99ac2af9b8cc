"""The application for a WSGI server: `gunicorn wsgi:app`."""

import os

from api.app import create_app
from api.logs import configure
from api.processes import gunicorn_workers, require_shared_limits
from api.settings import Settings

settings = Settings.from_env(os.environ)
configure(settings.log_level)
require_shared_limits(settings, gunicorn_workers())
app = create_app(settings)
