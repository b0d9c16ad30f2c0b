# SPDX-License-Identifier: MIT
"""What Schemathesis is not to ask: a method that RFC 9110 does not have is answered with 501, as its section 9.1 wants
it, where Schemathesis wants 405."""
import schemathesis


@schemathesis.hook
def filter_case(context, case):
    return case.method != "QUERY"
