"""What schemathesis has to know of this product beyond its OpenAPI document."""

import json
import os
import re

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# Rules that JSON Schema cannot say. A request that breaks one of them is refused with 400 and these words, and that is right.
RULES = [
    # Texts that an earlier answer gave; made up, they mean nothing.
    r"cursor: expected what",
    # Parameters of an address that go together, or do not.
    r"page: not together with cursor",
    r"only together with partial=true",
    r"the query: at least one of",
    # Members of a body that go together, or with a header.
    r"masterId and fields go with an approval only",
    r"If-Match names version \d+, and the body version",
    r"coming_expired: expected the day of expiresAt",
    r"thresholds: expected observe ≤ review ≤ auto",
    r"to: expected no earlier than from",
    # What a calendar, a clock or a list of the time zones knows.
    r"(last_external_sync|updatedSince|startsAt|expiresAt|coming_expired): expected a (day|time)",
    r"expected a time from now on, within a year",
    r"expected no time in the future",
    r"timezone: expected an IANA time zone",
    r"cron: ",
    r"^/problems/schedule-invalid schedule \S+ was (not due at any time|due (at least )?\d+ times) in this span",
    # Decimal places: multipleOf is not to be trusted with binary fractions.
    r"expected an amount of at most ten digits and four decimal places",
    # Two ids of one license.
    r"^/problems/pair-invalid both are the same license",
    # Within a document of any depth: NUL, halves of characters, its size in bytes.
    r"package_data: expected (whole characters|at most)",
    # Addresses that are never called.
    r"^/problems/webhook-address-invalid ",
    # What fits the field that a conflict is about.
    r"^/problems/value-invalid ",
]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps two requests from ending the run itself."""
    if case.path_parameters is None:
        return
    # The token that is sent: revoked, it would turn all that follows into 401.
    if case.method.upper() == "DELETE" and case.path == "/api/v1/tokens/{id}":
        if str(case.path_parameters.get("id")) == os.environ["FUZZ_TOKEN_ID"]:
            case.path_parameters["id"] = 999_999_999
    # The events of a run under way last as long as the run; those of one that has ended come to an end.
    if case.path.endswith("/events") and re.fullmatch(r"[0-9a-f-]{36}", str(case.path_parameters.get("id"))):
        case.path_parameters["id"] = os.environ["FUZZ_ENDED_OPERATION"]


@schemathesis.check
def takes_what_the_document_allows(ctx, response, case):
    """`positive_data_acceptance`, but for the rules above."""
    if response.status_code == 400 and _breaks_a_rule(response):
        return None
    # A link was followed whose value is null in the answer, such as the merge of an event that was none.
    if any(value is None for value in (case.path_parameters or {}).values()):
        return None
    return positive_data_acceptance(ctx, response, case)


def _breaks_a_rule(response):
    try:
        problem = json.loads(response.content)
    except ValueError:
        return False
    words = f"{problem.get('type')} {problem.get('detail')}"
    return any(re.search(rule, words) for rule in RULES)
