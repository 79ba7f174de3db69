"""The application: the one place that knows everybody. It is a plain WSGI callable."""

from functools import partial

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.clock import set_zone
from tracker.db.engine import Limits, make_engine
from tracker.settings import Settings
from tracker.web import (
    addresses,
    auth,
    build,
    cache,
    errors,
    health,
    security,
    sent_forms,
    session,
    sign_in,
    templating,
)
from tracker.web.devices import was_signed_in
from tracker.web.limits import BodyLimit
from tracker.web.public import api, embeds, feeds, files, machines, pages
from tracker.web.staff import (
    account,
    asks,
    bulk,
    desk,
    disputes,
    drafts,
    findings,
    help,
    laws,
    log,
    moves,
    people,
    sheets,
    sources,
    updates,
)

BLUEPRINTS = (
    health.bp,
    pages.bp,
    files.files,
    feeds.bp,
    feeds.calendars,
    embeds.bp,
    machines.bp,
    api.bp,
    files.data,
    sign_in.bp,
    account.access_links,
    account.bp,
    desk.bp,
    asks.bp,
    updates.bp,
    findings.bp,
    findings.of_ask,
    drafts.bp,
    disputes.bp,
    bulk.bp,
    laws.bp,
    sources.bp,
    sources.bodies,
    sources.publishers,
    sheets.bp,
    people.bp,
    moves.bp,
    log.bp,
    help.bp,
)
MEGABYTE = 1024 * 1024
LIMITS = Limits()
LARGEST_FORM = MEGABYTE
MOST_FIELDS = 1000


def create_app(settings: Settings | None = None, limits: Limits | None = LIMITS) -> Flask:
    """Return the app for these settings, or for those of the environment; without limits no answer is given up."""
    settings = settings or Settings.from_env()
    set_zone(settings.face.time_zone)
    sheets = build.stylesheets(settings.face)
    app = Flask("tracker")
    app.jinja_loader = build.loader(settings.face)
    app.config |= {name.upper(): value for name, value in vars(settings).items()}
    app.config.update(
        LOGO=settings.face.logo_png(),
        STYLESHEETS=sheets,
        SECURITY_HEADERS=security.security_headers(settings.is_production, sheets.values()),
        SECOND_STEP_REQUIRED=settings.is_production,
        TRUSTED_HOSTS=settings.trusted_hosts,
        MAX_CONTENT_LENGTH=settings.upload_mb * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_NAME="__Host-tracker" if settings.is_production else "tracker",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    health.init_app(app)
    engine = make_engine(settings.database_url, limits)
    app.wsgi_app = BodyLimit(  # type: ignore[method-assign]
        app.wsgi_app,
        partial(was_signed_in, app),
        app.config["SECURITY_HEADERS"],
        app.config["MAX_CONTENT_LENGTH"],
    )
    cache.init_app(app, engine, settings)
    if settings.trusted_proxies:  # in front of the cache, which tells http from https
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    session.init_app(app, engine)
    build.init_app(app)
    addresses.init_app(app)
    templating.init_app(app)
    errors.init_app(app)
    security.init_app(app)
    CSRFProtect(app)
    auth.init_app(app)
    if settings.read_only:
        app.before_request(errors.refuse_writes)  # after those who find out who sent what
    sent_forms.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    auth.require_every_route_decided(app)
    return app
