"""The application for a WSGI server: `gunicorn wsgi:app`."""

import os

from api.app import create_app
from api.logs import configure
from api.settings import Settings

settings = Settings.from_env(os.environ)
configure(settings.log_level)
app = create_app(settings)
