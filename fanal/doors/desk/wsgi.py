"""The desk for a WSGI server: `gunicorn fanal.doors.desk.wsgi`."""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from fanal.doors.office import open_office

open_office()
connections.close_all()  # so that every session of a page is opened with the limits of a page
connections.settings["default"]["OPTIONS"]["options"] += f" {settings.FANAL_PAGE_SESSION}"
application = WSGIHandler()
