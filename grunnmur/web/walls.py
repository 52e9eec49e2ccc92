"""The headers of every answer, also of those that no page of ours made: a wrong host, a redirect, a file, a fault.

They stand here once, outermost, because Django's own middlewares leave out what is answered before they are reached.
"""

from collections.abc import Callable, Mapping
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PAGE_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
"""What a page may do: our own files, and nothing written in the page itself. `data:` is for pictures only, because the
design system's icons stand in its style sheet: such a picture runs nothing and asks nobody. Trusted types turn any
script that would write HTML into the page into an error; the first that must has to name its policy here."""

FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""What anything else may do that is opened on its own, such as a picture or a file: nothing."""

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    # `no-referrer` would make browsers send forms with `Origin: null`, which no check of where a form came from can
    # tell from a stranger's (Fetch standard, "append a request Origin header"). Nothing goes to other sites either way.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


@cache
def of_a_page(framed_by: str = "") -> Mapping[str, str]:
    """Every header of a page. Production adds that only https will do, for two years.

    `framed_by` is the origin of the one site that may show it inside a page of its own.
    """
    policy, more = dict(PAGE_POLICY), dict(HEADERS)
    if framed_by:
        policy["frame-ancestors"] = framed_by
        del more["X-Frame-Options"]
    if settings.SECURE_HSTS_SECONDS:
        policy["upgrade-insecure-requests"] = ""
        more["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return {
        **more,
        "Content-Security-Policy": "; ".join(f"{name} {value}".strip() for name, value in policy.items()),
    }


def walls(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put the headers on every answer. Static files hold no secrets, and say for themselves how long they are kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kept = response.get("Cache-Control")
        for name, value in of_a_page(getattr(response, "framed_by", "")).items():
            response[name] = value
        if not response.get("Content-Type", "").startswith("text/html"):
            response["Content-Security-Policy"] = FILE_POLICY
        if kept and request.path_info.startswith(settings.STATIC_URL):
            response["Cache-Control"] = kept
        return response

    return middleware
