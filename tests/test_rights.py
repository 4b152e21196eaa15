"""Every address of the product, for every role, read and written: what must come back.

`in` is a redirect to the sign-in page. A new address that is missing here fails the last tests.
"""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cms.models import DaySnapshot
from people.services.roles import follow_roles
from tests.conftest import MONDAY
from tests.scene import (  # noqa: F401
    ROLES,
    TUESDAY,
    cast,
    edna,
    missed_monday,
    pool,
    scene,
    wednesday,
)

pytestmark = [pytest.mark.django_db, pytest.mark.walk("postgresql")]

# name, at will with /variant; method; then one column a role in the order of ROLES:
#                                anon empl lead  hr  fin exec edit  aud  adm
TABLE = """
account_login               GET   200  302  302  302  302  302  302  302  302
account_login               POST  200  302  302  302  302  302  302  302  302
account_logout              GET   405  405  405  405  405  405  405  405  405
account_logout              POST  302  302  302  302  302  302  302  302  302
today                       GET   in  200  200  200  200  200  200  200  200
today                       POST  in  200  200  200  200  200  200  200  200
account_inactive            GET  200  200  200  200  200  200  200  200  200
account_inactive            POST 405  405  405  405  405  405  405  405  405
account_signup              GET  200  302  302  302  302  302  302  302  302
account_signup              POST 200  302  302  302  302  302  302  302  302
account_reauthenticate      GET   in  200  200  200  200  200  200  200  200
account_reauthenticate      POST  in  200  200  200  200  200  200  200  200
account_change_password     GET   in  200  200  200  200  200  200  200  200
account_change_password     POST  in  200  200  200  200  200  200  200  200
account_set_password        GET   in  302  302  302  302  302  302  302  302
account_set_password        POST  in  302  302  302  302  302  302  302  302
account_reset_password      GET  200  200  200  200  200  200  200  200  200
account_reset_password      POST 200  200  200  200  200  200  200  200  200
account_reset_password_done GET  200  200  200  200  200  200  200  200  200
account_reset_password_done POST 405  405  405  405  405  405  405  405  405
account_reset_password_from_key/wrong GET  200  200  200  200  200  200  200  200  200
account_reset_password_from_key/wrong POST 200  200  200  200  200  200  200  200  200
account_reset_password_from_key_done GET  200  200  200  200  200  200  200  200  200
account_reset_password_from_key_done POST 405  405  405  405  405  405  405  405  405
mfa_index                   GET   in  200  200  200  200  200  200  200  200
mfa_index                   POST  in  405  405  405  405  405  405  405  405
mfa_authenticate            GET  302  302  302  302  302  302  302  302  302
mfa_authenticate            POST 302  302  302  302  302  302  302  302  302
mfa_reauthenticate          GET   in  302  302  302  302  302  302  302  302
mfa_reauthenticate          POST  in  302  302  302  302  302  302  302  302
mfa_activate_totp           GET   in  302  302  302  302  302  302  302  302
mfa_activate_totp           POST  in  302  302  302  302  302  302  302  302
mfa_deactivate_totp         GET   in  404  404  404  404  404  404  404  404
mfa_deactivate_totp         POST  in  404  404  404  404  404  404  404  404
mfa_view_recovery_codes     GET   in  404  404  404  404  404  404  404  404
mfa_view_recovery_codes     POST  in  405  405  405  405  405  405  405  405
mfa_generate_recovery_codes GET   in  302  302  302  302  302  302  302  302
mfa_generate_recovery_codes POST  in  302  302  302  302  302  302  302  302
mfa_download_recovery_codes GET   in  404  404  404  404  404  404  404  404
mfa_download_recovery_codes POST  in  404  404  404  404  404  404  404  404
mfa_list_webauthn           GET   in  200  200  200  200  200  200  200  200
mfa_list_webauthn           POST  in  405  405  405  405  405  405  405  405
mfa_add_webauthn            GET   in  302  302  302  302  302  302  302  302
mfa_add_webauthn            POST  in  302  302  302  302  302  302  302  302
mfa_login_webauthn          GET  302  302  302  302  302  302  302  302  302
mfa_login_webauthn          POST 302  302  302  302  302  302  302  302  302
mfa_reauthenticate_webauthn GET   in  302  302  302  302  302  302  302  302
mfa_reauthenticate_webauthn POST  in  302  302  302  302  302  302  302  302
mfa_remove_webauthn/wrong   GET   in  302  302  302  302  302  302  302  302
mfa_remove_webauthn/wrong   POST  in  302  302  302  302  302  302  302  302
mfa_edit_webauthn/wrong     GET   in  302  302  302  302  302  302  302  302
mfa_edit_webauthn/wrong     POST  in  302  302  302  302  302  302  302  302
socialaccount_login_cancelled GET  200  200  200  200  200  200  200  200  200
socialaccount_login_cancelled POST 405  405  405  405  405  405  405  405  405
socialaccount_login_error   GET  401  401  401  401  401  401  401  401  401
socialaccount_login_error   POST 405  405  405  405  405  405  405  405  405
socialaccount_signup        GET  302  302  302  302  302  302  302  302  302
socialaccount_signup        POST 302  302  302  302  302  302  302  302  302
socialaccount_connections   GET   in  200  200  200  200  200  200  200  200
socialaccount_connections   POST  in  200  200  200  200  200  200  200  200
openid_connect_login/wrong  GET  404  404  404  404  404  404  404  404  404
openid_connect_login/wrong  POST 404  404  404  404  404  404  404  404  404
openid_connect_callback/wrong GET  404  404  404  404  404  404  404  404  404
openid_connect_callback/wrong POST 404  404  404  404  404  404  404  404  404
shared-device               GET  200  200  200  200  200  200  200  200  200
shared-device               POST 200  200  200  200  200  200  200  200  200
devices                     GET   in  200  200  200  200  200  200  200  200
devices                     POST  in  200  200  200  200  200  200  200  200
end-session/of-dee          GET   in  405  405  405  405  405  405  405  405
end-session/of-dee          POST  in  302  302  302  302  302  302  302  302
end-other-sessions          GET   in  405  405  405  405  405  405  405  405
end-other-sessions          POST  in  302  302  302  302  302  302  302  302
invitation/wrong            GET  410  410  410  410  410  410  410  410  410
invitation/wrong            POST 410  410  410  410  410  410  410  410  410
invitation/of-ann           GET  200  200  200  200  200  200  200  200  200
invitation/of-ann           POST 200  200  200  200  200  200  200  200  200
set_language                GET   302  302  302  302  302  302  302  302  302
set_language                POST  302  302  302  302  302  302  302  302  302
people                      GET    in  200  200  200  200  200  200  200  200
people                      POST   in  200  200  200  200  200  200  200  200
person/ann                  GET    in  200  200  200  200  200  200  200  200
person/ann                  POST   in  200  200  200  200  200  200  200  200
person/gone                 GET    in  404  404  200  404  404  404  200  200
person/gone                 POST   in  404  404  200  404  404  404  200  200
join                        GET    in  403  403  200  403  403  403  403  200
join                        POST   in  403  403  200  403  403  403  403  200
person-describe/ann         GET    in  403  403  200  403  403  403  403  200
person-describe/ann         POST   in  403  403  200  403  403  403  403  200
person-describe/dee         GET    in  403  403  403  403  403  403  403  200
person-describe/dee         POST   in  403  403  403  403  403  403  403  200
person-move/ann             GET    in  403  403  200  403  403  403  403  200
person-move/ann             POST   in  403  403  200  403  403  403  403  200
person-pay/ann              GET    in  403  403  200  200  403  403  403  403
person-pay/ann              POST   in  403  403  200  200  403  403  403  403
person-pay/fay              GET    in  403  403  200  403  403  403  403  403
person-pay/fay              POST   in  403  403  200  403  403  403  403  403
person-leave/ann            GET    in  403  403  200  403  403  403  403  200
person-leave/ann            POST   in  403  403  200  403  403  403  403  200
person-come-back/gone       GET    in  403  403  200  403  403  403  403  200
person-come-back/gone       POST   in  403  403  200  403  403  403  403  200
mark-leaver/gone            GET    in  403  403  200  403  403  403  403  403
mark-leaver/gone            POST   in  403  403  200  403  403  403  403  403
mark-leaver/dee             GET    in  403  403  403  403  403  403  403  403
mark-leaver/dee             POST   in  403  403  403  403  403  403  403  403
enter-leave/ann             GET    in  403  403  200  403  403  403  403  403
enter-leave/ann             POST   in  403  403  200  403  403  403  403  403
enter-leave/dee             GET    in  403  403  403  403  403  403  403  403
enter-leave/dee             POST   in  403  403  403  403  403  403  403  403
end-leave                   GET    in  403  403  200  403  403  403  403  403
end-leave                   POST   in  403  403  200  403  403  403  403  403
take-back-leave             GET    in  403  403  200  403  403  403  403  403
take-back-leave             POST   in  403  403  200  403  403  403  403  403
person-roles/ann            GET    in  403  403  200  403  403  403  403  200
person-roles/ann            POST   in  403  403  200  403  403  403  403  200
roles                       GET    in  403  403  200  403  403  403  200  200
roles                       POST   in  403  403  200  403  403  403  200  200
invite-many                 GET    in  403  403  200  403  403  403  403  200
invite-many                 POST   in  403  403  200  403  403  403  403  200
person-invite/ann           GET    in  403  403  405  403  403  403  403  405
person-invite/ann           POST   in  403  403  302  403  403  403  403  302
person-sign-out/ann         GET    in  403  403  200  403  403  403  403  200
person-sign-out/ann         POST   in  403  403  200  403  403  403  403  200
person-second-factor/ann    GET    in  403  403  403  403  403  403  403  200
person-second-factor/ann    POST   in  403  403  403  403  403  403  403  200
person-salary/ann           GET    in  403  403  405  405  403  403  403  403
person-salary/ann           POST   in  403  403  200  200  403  403  403  403
person-salary-looks/ann     GET    in  200  404  200  404  404  404  200  404
person-salary-looks/ann     POST   in  200  404  200  404  404  404  200  404
salary-looks                GET    in  403  403  200  403  403  403  200  403
salary-looks                POST   in  403  403  200  403  403  403  200  403
audit                       GET    in  403  403  200  403  403  403  200  200
audit                       POST   in  403  403  200  403  403  403  200  200
styleguide                  GET   200  200  200  200  200  200  200  200  200
styleguide                  POST  405  405  405  405  405  405  405  405  405
my-data                     GET    in  200  200  200  200  200  200  200  200
my-data                     POST   in  200  200  200  200  200  200  200  200
person-data/ann             GET    in  403  403  200  403  403  403  403  403
person-data/ann             POST   in  403  403  200  403  403  403  403  403
erase-person                GET    in  403  403  200  403  403  403  403  403
erase-person                POST   in  403  403  200  403  403  403  403  403
notices                     GET    in  200  200  200  200  200  200  200  200
notices                     POST   in  200  200  200  200  200  200  200  200
read-notices                GET    in  405  405  405  405  405  405  405  405
read-notices                POST   in  302  302  302  302  302  302  302  302
notice-choices              GET    in  200  200  200  200  200  200  200  200
notice-choices              POST   in  200  200  200  200  200  200  200  200
notice/of-bob               GET    in  404  302  404  404  404  404  404  404
notice/of-bob               POST   in  404  302  404  404  404  404  404  404
webhooks                    GET    in  403  403  403  403  403  403  403  200
webhooks                    POST   in  403  403  403  403  403  403  403  200
add-webhook                 GET    in  403  403  403  403  403  403  403  200
add-webhook                 POST   in  403  403  403  403  403  403  403  200
webhook                     GET    in  403  403  403  403  403  403  403  200
webhook                     POST   in  403  403  403  403  403  403  403  200
change-webhook              GET    in  403  403  403  403  403  403  403  200
change-webhook              POST   in  403  403  403  403  403  403  403  200
renew-webhook-secret        GET    in  403  403  403  403  403  403  403  405
renew-webhook-secret        POST   in  403  403  403  403  403  403  403  200
test-webhook                GET    in  403  403  403  403  403  403  403  405
test-webhook                POST   in  403  403  403  403  403  403  403  302
pause-webhook               GET    in  403  403  403  403  403  403  403  405
pause-webhook               POST   in  403  403  403  403  403  403  403  302
resume-webhook              GET    in  403  403  403  403  403  403  403  405
resume-webhook              POST   in  403  403  403  403  403  403  403  302
send-delivery-again         GET    in  403  403  403  403  403  403  403  405
send-delivery-again         POST   in  403  403  403  403  403  403  403  302
mails                       GET    in  403  403  403  403  403  403  403  200
mails                       POST   in  403  403  403  403  403  403  403  200
mail                        GET    in  403  403  403  403  403  403  403  200
mail                        POST   in  403  403  403  403  403  403  403  200
send-mail-again             GET    in  403  403  403  403  403  403  403  405
send-mail-again             POST   in  403  403  403  403  403  403  403  302
drop-mail                   GET    in  403  403  403  403  403  403  403  405
drop-mail                   POST   in  403  403  403  403  403  403  403  302
imports                     GET    in  403  200  200  200  403  403  403  200
imports                     POST   in  403  200  200  200  403  403  403  200
import/of-dee               GET    in  404  404  200  404  404  404  404  404
import/of-dee               POST   in  404  404  200  404  404  404  404  404
read-import-anew/of-dee     GET    in  405  405  405  405  405  405  405  405
read-import-anew/of-dee     POST   in  404  404  302  404  404  404  404  404
apply-import/of-dee         GET    in  405  405  405  405  405  405  405  405
apply-import/of-dee         POST   in  404  404  302  404  404  404  404  404
sites                       GET    in  403  403  200  403  200  403  200  200
sites                       POST   in  403  403  200  403  200  403  200  200
site                        GET    in  403  403  200  403  200  403  200  200
site                        POST   in  403  403  200  403  200  403  200  200
add-site                    GET    in  403  403  200  403  403  403  403  200
add-site                    POST   in  403  403  200  403  403  403  403  200
rename-site                 GET    in  403  403  200  403  403  403  403  200
rename-site                 POST   in  403  403  200  403  403  403  403  200
change-time-zone            GET    in  403  403  200  403  403  403  403  200
change-time-zone            POST   in  403  403  200  403  403  403  403  200
change-week                 GET    in  403  403  200  403  403  403  403  200
change-week                 POST   in  403  403  200  403  403  403  403  200
add-calendar-entry          GET    in  403  403  200  403  403  403  403  200
add-calendar-entry          POST   in  403  403  200  403  403  403  403  200
remove-calendar-entry       GET    in  403  403  200  403  403  403  403  200
remove-calendar-entry       POST   in  403  403  200  403  403  403  403  200
organisation                GET    in  200  200  200  200  200  200  200  200
organisation                POST   in  200  200  200  200  200  200  200  200
organisation-list           GET    in  200  200  200  200  200  200  200  200
organisation-list           POST   in  200  200  200  200  200  200  200  200
department-in-organisation  GET    in  200  200  200  200  200  200  200  200
department-in-organisation  POST   in  200  200  200  200  200  200  200  200
add-department              GET    in  403  403  200  403  403  403  403  200
add-department              POST   in  403  403  200  403  403  403  403  200
rename-department           GET    in  403  403  200  403  403  403  403  200
rename-department           POST   in  403  403  200  403  403  403  403  200
move-department             GET    in  403  403  200  403  403  403  403  200
move-department             POST   in  403  403  200  403  403  403  403  200
merge-department            GET    in  403  403  200  403  403  403  403  200
merge-department            POST   in  403  403  200  403  403  403  403  200
close-department            GET    in  403  403  200  403  403  403  403  200
close-department            POST   in  403  403  200  403  403  403  403  200
figures                     GET    in  403  200  403  403  403  403  403  200
figures                     POST   in  403  302  403  403  403  403  403  302
figures-of-department/own   GET    in  403  200  403  403  403  403  403  200
figures-of-department/own   POST   in  403  302  403  403  403  403  403  302
figures-of-department/other GET    in  403  404  403  403  403  403  403  200
figures-of-department/other POST   in  403  404  403  403  403  403  403  302
held-figures                GET    in  403  200  200  200  403  403  403  200
held-figures                POST   in  403  200  200  200  403  403  403  200
decide-held-figure/own      GET    in  403  405  405  405  403  403  403  405
decide-held-figure/own      POST   in  403  302  302  302  403  403  403  302
decide-held-figure/other    GET    in  403  405  405  405  403  403  403  405
decide-held-figure/other    POST   in  403  404  302  302  403  403  403  302
days                        GET    in  200  200  200  200  200  200  200  200
days                        POST   in  200  200  200  200  200  200  200  200
day/final                   GET    in  200  200  200  200  200  200  200  200
day/final                   POST   in  200  200  200  200  200  200  200  200
day/open                    GET    in  200  200  200  200  200  200  200  200
day/open                    POST   in  200  200  200  200  200  200  200  200
excuse                      GET    in  403  403  200  403  200  403  403  200
excuse                      POST   in  403  403  302  403  302  403  403  302
restate                     GET    in  403  403  200  200  403  403  403  200
restate                     POST   in  403  403  200  200  403  403  403  200
restatements                GET    in  403  403  200  200  200  403  200  200
restatements                POST   in  403  403  200  200  200  403  200  200
restatement                 GET    in  403  403  200  200  200  403  200  200
restatement                 POST   in  403  403  200  200  200  403  200  200
decide-restatement          GET    in  403  403  403  405  405  403  403  403
decide-restatement          POST   in  403  403  403  302  302  403  403  403
departments                 GET    in  200  200  200  200  200  200  200  200
departments                 POST   in  200  200  200  200  200  200  200  200
department                  GET    in  200  200  200  200  200  200  200  200
department                  POST   in  200  200  200  200  200  200  200  200
pools                       GET    in  200  200  200  200  200  200  200  200
pools                       POST   in  200  200  200  200  200  200  200  200
pool                        GET    in  200  200  200  200  200  200  200  200
pool                        POST   in  200  200  200  200  200  200  200  200
statements-of-run           GET    in  403  403  403  200  403  403  403  403
statements-of-run           POST   in  403  403  403  200  403  403  403  403
make-statements             GET    in  403  403  403  405  403  403  403  403
make-statements             POST   in  403  403  403  302  403  403  403  403
statements-bundle           GET    in  403  403  403  405  403  403  403  403
statements-bundle           POST   in  403  403  403  302  403  403  403  403
bonus-policies              GET    in  403  403  200  200  200  403  200  200
bonus-policies              POST   in  403  403  200  200  200  403  200  200
set-bonus-policy            GET    in  403  403  200  403  403  403  403  200
set-bonus-policy            POST   in  403  403  200  403  403  403  403  200
close-year                  GET    in  403  403  403  200  403  403  403  403
close-year                  POST   in  403  403  403  200  403  403  403  403
reopen-year                 GET    in  403  403  403  200  403  403  403  403
reopen-year                 POST   in  403  403  403  200  403  403  403  403
write-off                   GET    in  403  403  403  200  403  403  403  403
write-off                   POST   in  403  403  403  200  403  403  403  403
decide-year-act             GET    in  403  403  403  405  405  403  403  403
decide-year-act             POST   in  403  403  403  302  302  403  403  403
factors                     GET    in  403  200  403  403  403  403  403  403
factors                     POST   in  403  200  403  403  403  403  403  403
factors-of-department/own   GET    in  403  200  403  403  403  403  403  403
factors-of-department/own   POST   in  403  200  403  403  403  403  403  403
factors-of-department/other GET    in  403  404  403  403  403  403  403  403
factors-of-department/other POST   in  403  404  403  403  403  403  403  403
back-test                   GET    in  403  403  200  200  200  403  403  200
back-test                   POST   in  403  403  200  200  200  403  403  200
bonus-compare               GET    in  403  403  200  200  200  403  200  200
bonus-compare               POST   in  403  403  405  405  405  403  405  405
bonus-runs                  GET    in  403  403  403  200  200  403  200  403
bonus-runs                  POST   in  403  403  403  200  200  403  200  403
draft-bonus-run             GET    in  403  403  403  200  403  403  403  403
draft-bonus-run             POST   in  403  403  403  200  403  403  403  403
bonus-run                   GET    in  403  403  403  200  200  403  200  403
bonus-run                   POST   in  403  403  403  200  200  403  200  403
compute-bonus-run           GET    in  403  403  403  405  403  403  403  403
compute-bonus-run           POST   in  403  403  403  302  403  403  403  403
propose-bonus-run           GET    in  403  403  403  405  403  403  403  403
propose-bonus-run           POST   in  403  403  403  302  403  403  403  403
send-back-bonus-run         GET    in  403  403  403  405  405  403  403  403
send-back-bonus-run         POST   in  403  403  403  302  302  403  403  403
approve-bonus-run           GET    in  403  403  403  405  405  403  403  403
approve-bonus-run           POST   in  403  403  403  302  302  403  403  403
void-bonus-run              GET    in  403  403  403  200  403  403  403  403
void-bonus-run              POST   in  403  403  403  302  403  403  403  403
bonus-run-people            GET    in  403  403  403  200  403  403  403  403
bonus-run-people            POST   in  403  403  403  200  403  403  403  403
bonus-run-person            GET    in  403  403  403  200  403  403  403  403
bonus-run-person            POST   in  403  403  403  200  403  403  403  403
payroll                     GET    in  403  403  403  200  403  403  403  403
payroll                     POST   in  403  403  403  200  403  403  403  403
payroll-layouts             GET    in  403  403  403  200  403  403  403  403
payroll-layouts             POST   in  403  403  403  200  403  403  403  403
add-payroll-layout          GET    in  403  403  403  200  403  403  403  403
add-payroll-layout          POST   in  403  403  403  200  403  403  403  403
payroll-layout              GET    in  403  403  403  200  403  403  403  403
payroll-layout              POST   in  403  403  403  200  403  403  403  403
bonus-replay                GET    in  403  403  403  200  403  403  200  403
bonus-replay                POST   in  403  403  403  200  403  403  200  403
bonus-replay-file           GET    in  403  403  403  405  403  403  405  403
bonus-replay-file           POST   in  403  403  403  302  403  403  302  403
bonus-replay-script         GET    in  403  403  403  200  403  403  200  403
bonus-replay-script         POST   in  403  403  403  200  403  403  200  403

shown                       GET    in  200  200  200  200  200  200  200  200
shown                       POST   in  200  200  200  200  200  200  200  200
shown-nickname              GET   405  405  405  405  405  405  405  405  405
shown-nickname              POST   in  302  302  302  302  302  302  302  302
shown-photo                 GET   405  405  405  405  405  405  405  405  405
shown-photo                 POST   in  200  200  200  200  200  200  200  200
shown-photo-remove          GET   405  405  405  405  405  405  405  405  405
shown-photo-remove          POST   in  302  302  302  302  302  302  302  302
person-photo/eve            GET   404  200  200  200  200  200  200  200  200
person-photo/eve            POST  405  405  405  405  405  405  405  405  405
person-photo/ann            GET   404  404  404  404  404  404  404  404  404
person-photo/ann            POST  405  405  405  405  405  405  405  405  405

my-bonus                    GET    in  200  200  200  200  200  200  200  200
my-bonus                    POST   in  200  200  200  200  200  200  200  200
my-statement                GET    in  200  200  200  200  200  200  200  200
my-statement                POST   in  200  200  200  200  200  200  200  200
my-statement/other-year     GET    in  404  404  404  404  404  404  404  404
my-statement/other-year     POST   in  404  404  404  404  404  404  404  404
ask-about-statement         GET    in  405  405  405  405  405  405  405  405
ask-about-statement         POST   in  200  200  200  200  200  200  200  200
my-statement-pdf            GET    in  200  200  200  200  200  200  200  200
my-statement-pdf            POST   in  200  200  200  200  200  200  200  200
bonus-questions             GET    in  403  403  403  200  403  403  403  403
bonus-questions             POST   in  403  403  403  200  403  403  403  403
bonus-question              GET    in  403  403  403  200  403  403  403  403
bonus-question              POST   in  403  403  403  200  403  403  403  403
wall                        GET   in  200  200  200  200  200  200  200  200
wall                        POST  in  200  200  200  200  200  200  200  200
wall-feed                   GET  404  404  404  404  404  404  404  404  404
wall-feed                   POST 405  405  405  405  405  405  405  405  405
wall-feed-json              GET  404  404  404  404  404  404  404  404  404
wall-feed-json              POST 405  405  405  405  405  405  405  405  405
feeds                       GET   in  200  200  200  200  200  200  200  200
feeds                       POST  in  200  200  200  200  200  200  200  200
feeds-make                  GET   in  405  405  405  405  405  405  405  405
feeds-make                  POST  in  200  200  200  200  200  200  200  200
feeds-revoke                GET   in  405  405  405  405  405  405  405  405
feeds-revoke                POST  in  302  302  302  302  302  302  302  302
nomination/on-the-wall      GET   in  200  200  200  200  200  200  200  200
nomination/on-the-wall      POST  in  200  200  200  200  200  200  200  200
nomination/of-claims        GET   in  200  200  200  200  404  404  200  404
nomination/of-claims        POST  in  200  200  200  200  404  404  200  404
nomination/held             GET   in  200  404  200  404  404  404  200  404
nomination/held             POST  in  200  404  200  404  404  404  200  404
cheer                       GET   in  405  405  405  405  405  405  405  405
cheer                       POST  in  302  302  302  302  302  302  302  302
reply                       GET   in  405  405  405  405  405  405  405  405
reply                       POST  in  200  200  200  200  200  200  200  200
report-nomination           GET   in  200  200  200  200  200  200  200  200
report-nomination           POST  in  200  200  200  200  200  200  200  200
report-reply                GET   in  200  200  200  200  200  200  200  200
report-reply                POST  in  200  200  200  200  200  200  200  200
withdraw-reply              GET   in  405  405  405  405  405  405  405  405
withdraw-reply              POST  in  404  404  404  404  302  404  404  404
awards                      GET    in  200  200  200  200  200  200  200  200
awards                      POST   in  200  200  200  200  200  200  200  200
to-raise                    GET    in  200  200  200  200  200  200  200  200
to-raise                    POST   in  200  200  200  200  200  200  200  200
award                       GET    in  404  200  200  404  404  404  200  404
award                       POST   in  404  200  200  404  404  404  200  404
award/granted               GET    in  200  200  200  200  404  404  200  404
award/granted               POST   in  200  200  200  200  404  404  200  404
vote-on-award               GET    in  405  405  405  405  405  405  405  405
vote-on-award               POST   in  404  302  302  404  404  404  302  404
count-award                 GET    in  403  403  405  403  403  403  403  403
count-award                 POST   in  403  403  302  403  403  403  403  403
recall-award                GET    in  404  200  200  404  404  404  404  404
recall-award                POST   in  404  302  302  404  404  404  404  404
certificate                 GET    in  200  200  200  404  404  404  404  404
certificate                 POST   in  200  200  200  404  404  404  404  404
raise-award                 GET    in  404  200  404  404  404  404  404  404
raise-award                 POST   in  404  200  404  404  404  404  404  404
award-levels                GET    in  403  403  200  403  403  403  200  403
award-levels                POST   in  403  403  200  403  403  403  200  403
add-award-level             GET    in  403  403  200  403  403  403  403  403
add-award-level             POST   in  403  403  200  403  403  403  403  403
award-level                 GET    in  403  403  200  403  403  403  200  403
award-level                 POST   in  403  403  200  403  403  403  200  403
change-award-level          GET    in  403  403  200  403  403  403  403  403
change-award-level          POST   in  403  403  200  403  403  403  403  403
retire-award-level          GET    in  403  403  405  403  403  403  403  403
retire-award-level          POST   in  403  403  302  403  403  403  403  403
add-seat                    GET    in  403  403  200  403  403  403  403  403
add-seat                    POST   in  403  403  200  403  403  403  403  403
end-seat                    GET    in  403  403  200  403  403  403  403  403
end-seat                    POST   in  403  403  200  403  403  403  403  403
behaviours                  GET    in  403  403  200  403  403  403  200  403
behaviours                  POST   in  403  403  200  403  403  403  200  403
add-behaviour               GET    in  403  403  200  403  403  403  403  403
add-behaviour               POST   in  403  403  200  403  403  403  403  403
behaviour                   GET    in  403  403  200  403  403  403  403  403
behaviour                   POST   in  403  403  200  403  403  403  403  403
retire-behaviour            GET    in  403  403  405  403  403  403  403  403
retire-behaviour            POST   in  403  403  302  403  403  403  403  403
recognition-policy          GET    in  403  403  200  403  403  403  200  403
recognition-policy          POST   in  403  403  200  403  403  403  200  403
set-recognition-policy      GET    in  403  403  200  403  403  403  403  403
set-recognition-policy      POST   in  403  403  200  403  403  403  403  403
recognition-budgets         GET    in  403  200  200  200  403  403  200  403
recognition-budgets         POST   in  403  200  200  200  403  403  200  403
fund-recognition            GET    in  403  403  403  200  403  403  403  403
fund-recognition            POST   in  403  403  403  200  403  403  403  403
recognition-budget          GET    in  403  404  200  200  403  403  200  403
recognition-budget          POST   in  403  404  200  200  403  403  200  403
rewards                     GET    in  403  403  403  200  403  403  200  403
rewards                     POST   in  403  403  403  200  403  403  200  403
export-rewards              GET    in  403  403  403  405  403  403  403  403
export-rewards              POST   in  403  403  403  302  403  403  403  403
take-rewards-file           GET    in  403  403  403  405  403  403  403  403
take-rewards-file           POST   in  403  403  403  200  403  403  403  403
screen                      GET  200  200  200  200  200  200  200  200  200
screen                      POST 405  405  405  405  405  405  405  405  405
screen-worker               GET  200  200  200  200  200  200  200  200  200
screen-worker               POST 405  405  405  405  405  405  405  405  405
screen-manifest             GET  401  401  401  401  401  401  401  401  401
screen-manifest             POST 405  405  405  405  405  405  405  405  405
screen-snapshot             GET  401  401  401  401  401  401  401  401  401
screen-snapshot             POST 405  405  405  405  405  405  405  405  405
screen-code                 GET  405  405  405  405  405  405  405  405  405
screen-code                 POST 200  200  200  200  200  200  200  200  200
screen-secret               GET  410  410  410  410  410  410  410  410  410
screen-secret               POST 405  405  405  405  405  405  405  405  405
health                      GET  200  200  200  200  200  200  200  200  200
health                      POST 405  405  405  405  405  405  405  405  405
screens                     GET   in  403  403  200  403  200  200  200  200
screens                     POST  in  403  403  200  403  200  200  200  200
office-screen               GET   in  403  403  200  403  200  200  200  200
office-screen               POST  in  403  403  200  403  200  200  200  200
why-screen                  GET   in  403  403  200  403  200  200  200  200
why-screen                  POST  in  403  403  405  403  405  405  405  405
pair-screen                 GET   in  403  403  403  403  403  200  403  200
pair-screen                 POST  in  403  403  403  403  403  200  403  200
change-screen               GET   in  403  403  403  403  403  200  403  200
change-screen               POST  in  403  403  403  403  403  200  403  200
revoke-screen               GET   in  403  403  403  403  403  200  403  200
revoke-screen               POST  in  403  403  403  403  403  200  403  200
remove-screen               GET   in  403  403  403  403  403  302  403  302
remove-screen               POST  in  403  403  403  403  403  302  403  302
remove-screen/waiting       GET   in  403  403  403  403  403  200  403  200
remove-screen/waiting       POST  in  403  403  403  403  403  302  403  302
end-emergency               GET   in  403  403  403  403  403  405  403  405
end-emergency               POST  in  403  403  403  403  403  302  403  302
look-at-screen              GET   in  403  403  403  403  403  200  403  200
look-at-screen              POST  in  403  403  403  403  403  405  403  405
look-style                  GET   in  200  200  200  200  200  200  200  200
look-style                  POST  in  405  405  405  405  405  405  405  405
circle                      GET    in  403  200  200  403  200  403  200  403
circle                      POST   in  403  405  405  403  405  403  405  403
circle-department/own       GET    in  403  200  200  403  404  403  404  403
circle-department/own       POST   in  403  405  405  403  405  403  405  403
case                        GET    in  200  200  404  200  404  404  200  404
case                        POST   in  200  200  404  200  404  404  200  404
spend                       GET    in  200  200  200  200  200  200  200  200
spend                       POST   in  200  200  200  200  200  200  200  200
allowance                   GET    in  200  200  200  200  200  200  200  200
allowance                   POST   in  405  405  405  405  405  405  405  405
case-receipt                GET    in  200  200  404  200  404  404  200  404
case-receipt                POST   in  200  404  404  404  404  404  404  404
case-receipt-photo          GET    in  200  200  404  200  404  404  200  404
case-receipt-photo          POST   in  405  405  405  405  405  405  405  405
case-receipt/none           GET    in  200  404  404  404  404  404  404  404
case-receipt/none           POST   in  200  404  404  404  404  404  404  404
cases                       GET    in  403  200  403  200  403  403  200  403
cases                       POST   in  403  200  403  200  403  403  200  403
my-cases                    GET    in  200  200  200  200  200  200  200  200
my-cases                    POST   in  200  200  200  200  200  200  200  200
asked-cases                 GET    in  403  200  403  403  200  403  403  403
asked-cases                 POST   in  403  200  403  403  200  403  403  403
empowerment-budgets         GET    in  403  200  403  200  403  403  200  403
empowerment-budgets         POST   in  403  200  403  200  403  403  200  403
accounting                  GET    in  403  403  403  200  403  403  200  403
accounting                  POST   in  403  403  403  200  403  403  200  403
make-accounting-file        GET    in  403  403  403  405  403  403  403  403
make-accounting-file        POST   in  403  403  403  302  403  403  403  403
take-accounting-file        GET    in  403  403  403  405  403  403  403  403
take-accounting-file        POST   in  403  403  403  200  403  403  403  403
card-statements             GET    in  403  403  403  200  403  403  200  403
card-statements             POST   in  403  403  403  200  403  403  200  403
import-card-lines           GET    in  403  403  403  200  403  403  403  403
import-card-lines           POST   in  403  403  403  200  403  403  403  403
card-months                 GET    in  403  403  403  200  403  403  200  403
card-months                 POST   in  403  403  403  200  403  403  200  403
card-lines                  GET    in  403  403  403  200  403  403  200  403
card-lines                  POST   in  403  403  403  200  403  403  200  403
card-line                   GET    in  403  403  403  200  403  403  200  403
card-line                   POST   in  403  403  403  200  403  403  200  403
card-line/matched           GET    in  403  403  403  200  403  403  200  403
card-line/matched           POST   in  403  403  403  200  403  403  200  403
take-card-line-apart        GET    in  403  403  403  405  403  403  403  403
take-card-line-apart        POST   in  403  403  403  200  403  403  403  403
cases-without-line          GET    in  403  403  403  200  403  403  200  403
cases-without-line          POST   in  403  403  403  200  403  403  200  403
give-case-back              GET    in  200  404  404  200  404  404  404  404
give-case-back              POST   in  200  404  404  200  404  404  404  404
cancel-case                 GET    in  200  404  404  200  404  404  404  404
cancel-case                 POST   in  200  404  404  200  404  404  404  404
decide-asked-case           GET    in  404  200  404  404  404  404  404  404
decide-asked-case           POST   in  404  302  404  404  404  404  404  404
withdraw-case               GET    in  200  404  404  404  404  404  404  404
withdraw-case               POST   in  302  404  404  404  404  404  404  404
outcomes                    GET    in  200  200  200  200  200  200  200  200
outcomes                    POST   in  405  405  405  405  405  405  405  405
case-outcome                GET    in  405  405  405  405  405  405  405  405
case-outcome                POST   in  302  404  404  404  404  404  404  404
empowerment-reports         GET    in  403  200  200  200  200  403  200  403
empowerment-reports         POST   in  403  405  405  405  405  403  405  403
import-outcomes             GET    in  403  403  200  200  403  403  403  403
import-outcomes             POST   in  403  403  200  200  403  403  403  403
reviews                     GET   in  403  200  403  403  200  403  403  403
reviews                     POST  in  403  200  403  403  200  403  403  403
review-case                 GET   in  404  200  404  404  404  404  404  404
review-case                 POST  in  404  302  404  404  404  404  404  404
comment-case                GET   in  404  200  404  404  404  404  404  404
comment-case                POST  in  404  200  404  404  404  404  404  404
limits                      GET    in  403  200  200  200  200  403  200  403
limits                      POST   in  403  200  200  200  200  403  200  403
set-limit                   GET    in  403  403  200  200  403  403  403  403
set-limit                   POST   in  403  403  200  200  403  403  403  403
compare-limits              GET    in  403  403  200  200  403  403  200  403
compare-limits              POST   in  403  403  200  200  403  403  200  403
my-limits                   GET    in  200  200  200  200  200  200  200  200
my-limits                   POST   in  200  200  200  200  200  200  200  200
limit                       GET    in  403  200  200  200  200  403  200  403
limit                       POST   in  403  200  200  200  200  403  200  403
site-currencies             GET    in  403  200  200  200  200  403  200  403
site-currencies             POST   in  403  200  200  200  200  403  200  403
set-site-currencies         GET    in  403  403  200  403  403  403  403  403
set-site-currencies         POST   in  403  403  200  403  403  403  403  403
moments                     GET    in  403  200  200  200  200  403  200  403
moments                     POST   in  403  200  200  200  200  403  200  403
add-moment                  GET    in  403  403  200  403  403  403  403  403
add-moment                  POST   in  403  403  200  403  403  403  403  403
moment                      GET    in  403  403  200  403  403  403  403  403
moment                      POST   in  403  403  200  403  403  403  403  403
retire-moment               GET    in  403  403  405  403  403  403  403  403
retire-moment               POST   in  403  403  302  403  403  403  403  403
circle-unrecognised         GET    in  403  200  200  403  403  403  403  403
circle-unrecognised         POST   in  403  405  405  403  403  403  403  403
circle-giving               GET    in  403  200  200  403  200  403  200  403
circle-giving               POST   in  403  405  405  403  405  403  405  403
circle-givers               GET    in  403  200  200  403  403  403  403  403
circle-givers               POST   in  403  405  405  403  403  403  403  403
put-off-reminder/own        GET    in  403  405  405  403  403  403  403  403
put-off-reminder/own        POST   in  403  302  302  403  403  403  403  403
put-off-reminder/other      GET    in  403  405  405  403  403  403  403  403
put-off-reminder/other      POST   in  403  404  302  403  403  403  403  403
/                           GET    in  200  200  200  200  200  200  200  200
/                           POST   in  200  200  200  200  200  200  200  200
/results/                   GET    in  200  200  200  200  200  200  200  200
/results/                   POST   in  200  200  200  200  200  200  200  200
results                     GET    in  200  200  200  200  200  200  200  200
results                     POST   in  405  405  405  405  405  405  405  405
/announcements/             GET    in  200  200  200  200  200  200  200  200
/announcements/             POST   in  200  200  200  200  200  200  200  200
sign-in-of-cms              GET   302  302  302  302  302  302  302  302  302
sign-in-of-cms              POST  302  302  302  302  302  302  302  302  302
sign-in-of-pages            GET   302  302  302  302  302  302  302  302  302
sign-in-of-pages            POST  302  302  302  302  302  302  302  302  302
nominate                    GET   in  200  200  200  200  200  200  200  200
nominate                    POST  in  200  200  200  200  200  200  200  200
nominate/link               GET   in  200  200  200  200  200  200  200  200
nominate/link               POST  in  200  200  200  200  200  200  200  200
colleagues-to-nominate      GET   in  200  200  200  200  200  200  200  200
colleagues-to-nominate      POST  in  405  405  405  405  405  405  405  405
my-nominations              GET   in  200  200  200  200  200  200  200  200
my-nominations              POST  in  200  200  200  200  200  200  200  200
nominate-qr                 GET   in  200  200  200  200  200  200  200  200
nominate-qr                 POST  in  200  200  200  200  200  200  200  200
withdraw-nomination         GET   in  404  404  404  200  404  404  404  404
withdraw-nomination         POST  in  404  404  404  200  404  404  404  404
fair-play                   GET   in  403  403  200  403  200  403  200  403
fair-play                   POST  in  403  403  200  403  200  403  200  403
my-fair-play                GET   in  200  200  200  200  200  200  200  200
my-fair-play                POST  in  200  200  200  200  200  200  200  200
fair-play-case              GET   in  200  404  200  404  404  404  200  404
fair-play-case              POST  in  200  404  200  404  404  404  200  404
appeal-case                 GET   in  200  404  404  404  404  404  200  404
appeal-case                 POST  in  200  404  404  404  404  404  200  404
decide-case                 GET   in  404  404  200  404  404  404  404  404
decide-case                 POST  in  404  404  200  404  404  404  404  404
/cms/                       GET    in  403  403  403  403  403  200  403  200
/cms/                       POST   in  403  403  403  403  403  405  403  405
/cms/pages/                 GET    in  403  403  403  403  403  200  403  200
/cms/images/                GET    in  403  403  403  403  403  200  403  200
/cms/snippets/cms/customervoice/ GET in  403  403  403  403  403  200  403  200
/cms/documents/             GET    in  403  403  403  403  403  200  403  200
/cms/users/                 GET    in  403  403  403  403  403  302  403  302
/documents/                 GET    in  200  200  200  200  200  200  200  200
actions                     GET     in  403  200  200  403  200  403  200  403
actions                     POST    in  403  405  405  403  405  403  405  403
my-actions                  GET     in  200  200  200  200  200  200  200  200
my-actions                  POST    in  405  405  405  405  405  405  405  405
poll-actions                GET     in  403  200  200  403  200  403  200  403
poll-actions                POST    in  403  405  405  403  405  403  405  403
add-focus-area              GET     in  403  200  200  403  403  403  403  403
add-focus-area              POST    in  403  200  200  403  403  403  403  403
focus-area                  GET     in  403  200  200  403  200  403  200  403
focus-area                  POST    in  403  405  405  403  405  403  405  403
change-focus-area           GET     in  403  200  200  403  403  403  403  403
change-focus-area           POST    in  403  200  200  403  403  403  403  403
remove-focus-area           GET     in  403  405  405  403  403  403  403  403
remove-focus-area           POST    in  403  302  302  403  403  403  403  403
add-action                  GET     in  403  200  200  403  403  403  403  403
add-action                  POST    in  403  200  200  403  403  403  403  403
action                      GET     in  200  200  200  404  200  404  200  404
action                      POST    in  405  405  405  405  405  405  405  405
change-action               GET     in  403  200  200  403  403  403  403  403
change-action               POST    in  403  200  200  403  403  403  403  403
tell-of-action              GET     in  200  403  403  404  403  404  403  404
tell-of-action              POST    in  200  403  403  404  403  404  403  404
publish-action              GET     in  403  405  405  403  403  403  403  403
publish-action              POST    in  403  302  302  403  403  403  403  403
take-back-action            GET     in  403  405  405  403  403  403  403  403
take-back-action            POST    in  403  302  302  403  403  403  403  403
my-polls                    GET     in  200  200  200  200  200  200  200  200
my-polls                    POST    in  405  405  405  405  405  405  405  405
poll-results                GET     in  200  200  200  200  200  200  200  200
poll-results                POST    in  405  405  405  405  405  405  405  405
poll-result                 GET     in  200  200  200  200  200  200  200  200
poll-result                 POST    in  405  405  405  405  405  405  405  405
poll-heat-map               GET     in  200  200  200  200  200  200  200  200
poll-heat-map               POST    in  405  405  405  405  405  405  405  405
poll-cell/own               GET     in  200  200  200  404  200  404  200  404
poll-cell/own               POST    in  405  405  405  405  405  405  405  405
poll-cell-pdf               GET     in  200  200  200  404  200  404  200  404
poll-cell-pdf               POST    in  405  405  405  405  405  405  405  405
poll-comments               GET     in  404  200  200  404  200  404  200  404
poll-comments               POST    in  405  405  405  405  405  405  405  405
poll-drivers                GET     in  403  403  200  403  200  403  200  403
poll-drivers                POST    in  403  403  405  403  405  403  405  403
poll-results-file           GET     in  200  200  200  200  200  200  200  200
poll-results-file           POST    in  405  405  405  405  405  405  405  405
seal-poll                   GET     in  403  200  200  403  403  403  403  403
seal-poll                   POST    in  403  200  200  403  403  403  403  403
release-poll                GET     in  403  403  200  403  403  403  200  403
release-poll                POST    in  403  403  405  403  403  403  405  403
poll-audit-report           GET     in  403  403  200  403  403  403  200  403
poll-audit-report           POST    in  403  403  405  403  403  403  405  403
let-hr-read-poll            GET     in  403  403  405  403  403  403  403  403
let-hr-read-poll            POST    in  403  403  302  403  403  403  403  403
show-poll                   GET     in  403  403  405  403  403  403  403  403
show-poll                   POST    in  403  403  302  403  403  403  403  403
poll-manager-sees           GET     in  200  200  200  200  200  200  200  200
poll-manager-sees           POST    in  405  405  405  405  405  405  405  405
poll-invitation             GET     in  200  200  200  200  200  200  200  200
poll-invitation             POST    in  405  405  405  405  405  405  405  405
claim-ballot                GET     in  405  405  405  405  405  405  405  405
claim-ballot                POST    in  200  200  200  200  200  200  200  200
poll-proof                  GET     in  200  200  200  200  200  200  200  200
poll-proof                  POST    in  405  405  405  405  405  405  405  405
poll-slips                  GET     in  403  403  200  403  403  403  403  403
poll-slips                  POST    in  403  403  200  403  403  403  403  403
poll-paper                  GET     in  403  403  200  403  403  403  403  403
poll-paper                  POST    in  403  403  200  403  403  403  403  403
count-paper                 GET     in  403  200  200  403  403  403  403  403
count-paper                 POST    in  403  200  200  403  403  403  403  403
ballot                      GET    200  200  200  200  200  200  200  200  200
ballot                      POST   200  200  200  200  200  200  200  200  200
cast-ballot                 GET    405  405  405  405  405  405  405  405  405
cast-ballot                 POST   409  409  409  409  409  409  409  409  409
ballot-receipt              GET    200  200  200  200  200  200  200  200  200
ballot-receipt              POST   200  200  200  200  200  200  200  200  200
kiosk                       GET    200  200  200  200  200  200  200  200  200
kiosk                       POST   200  200  200  200  200  200  200  200  200
picture/wrong               GET    404  404  404  404  404  404  404  404  404
picture/wrong               POST   405  405  405  405  405  405  405  405  405
public                      GET    200  200  200  200  200  200  200  200  200
public                      POST   405  405  405  405  405  405  405  405  405
search                      GET     in  200  200  200  200  200  200  200  200
search                      POST    in  405  405  405  405  405  405  405  405
news-feed                   GET    404  404  404  404  404  404  404  404  404
news-feed                   POST   405  405  405  405  405  405  405  405  405
stories                     GET     in  200  200  200  200  200  200  200  200
stories                     POST    in  405  405  405  405  405  405  405  405
you-said-we-did             GET     in  200  200  200  200  200  200  200  200
you-said-we-did             POST    in  405  405  405  405  405  405  405  405
polls                       GET     in  403  403  200  403  403  403  200  403
polls                       POST    in  403  403  200  403  403  403  200  403
new-poll                    GET     in  403  403  200  403  403  403  403  403
new-poll                    POST    in  403  403  200  403  403  403  403  403
library                     GET     in  403  403  200  403  403  403  200  403
library                     POST    in  403  403  200  403  403  403  200  403
add-library-question        GET     in  403  403  200  403  403  403  403  403
add-library-question        POST    in  403  403  200  403  403  403  403  403
library-question            GET     in  403  403  200  403  403  403  200  403
library-question            POST    in  403  403  200  403  403  403  200  403
reword-question             GET     in  403  403  200  403  403  403  403  403
reword-question             POST    in  403  403  200  403  403  403  403  403
poll-themes                 GET     in  403  403  200  403  403  403  200  403
poll-themes                 POST    in  403  403  200  403  403  403  200  403
add-poll-theme              GET     in  403  403  200  403  403  403  403  403
add-poll-theme              POST    in  403  403  200  403  403  403  403  403
poll-theme                  GET     in  403  403  200  403  403  403  403  403
poll-theme                  POST    in  403  403  200  403  403  403  403  403
retire-poll-theme           GET     in  403  403  405  403  403  403  403  403
retire-poll-theme           POST    in  403  403  302  403  403  403  403  403
poll                        GET     in  403  403  200  403  403  403  200  403
poll                        POST    in  403  403  200  403  403  403  200  403
describe-poll               GET     in  403  403  200  403  403  403  403  403
describe-poll               POST    in  403  403  200  403  403  403  403  403
poll-sections               GET     in  403  403  200  403  403  403  403  403
poll-sections               POST    in  403  403  200  403  403  403  403  403
poll-holder                 GET     in  403  403  200  403  403  403  403  403
poll-holder                 POST    in  403  403  200  403  403  403  403  403
add-poll-questions          GET     in  403  403  200  403  403  403  403  403
add-poll-questions          POST    in  403  403  200  403  403  403  403  403
poll-question               GET     in  403  403  200  403  403  403  403  403
poll-question               POST    in  403  403  200  403  403  403  403  403
copy-poll                   GET     in  403  403  200  403  403  403  403  403
copy-poll                   POST    in  403  403  200  403  403  403  403  403
move-poll-question          GET     in  403  403  405  403  403  403  403  403
move-poll-question          POST    in  403  403  302  403  403  403  403  403
take-out-poll-question      GET     in  403  403  405  403  403  403  403  403
take-out-poll-question      POST    in  403  403  302  403  403  403  403  403
discard-poll                GET     in  403  403  200  403  403  403  403  403
discard-poll                POST    in  403  403  302  403  403  403  403  403
remind-poll                 GET     in  403  403  405  403  403  403  403  403
remind-poll                 POST    in  403  403  302  403  403  403  403  403
preview-poll                GET     in  403  403  200  403  403  403  200  403
preview-poll                POST    in  403  403  405  403  403  403  405  403
launch-poll                 GET     in  403  403  200  403  403  403  403  403
launch-poll                 POST    in  403  403  302  403  403  403  403  403
take-hr-key                 GET     in  403  403  405  403  403  403  403  403
take-hr-key                 POST    in  403  403  200  403  403  403  403  403
take-second-key             GET     in  200  404  404  404  404  404  404  404
take-second-key             POST    in  200  404  404  404  404  404  404  404
"""
LINES = [line.split() for line in TABLE.splitlines() if line.strip()]
POSTED = {
    "figures": {"date": str(TUESDAY)},
    "figures-of-department": {"date": str(TUESDAY)},
    "decide-held-figure": {"refuse": ""},
    "decide-restatement": {"refuse": ""},
    "decide-year-act": {"refuse": ""},
    "excuse": {"reason": "Flood"},
    "read-import-anew": {"encoding": "utf-8", "date_order": "dmy", "decimal": "point"},
    "rename-site": {"name": "Main house"},
    "remove-screen": {"confirmed": "yes"},
    "remove-calendar-entry": {"confirmed": "yes"},
    "rename-department": {"name": "Front desk"},
    "send-back-bonus-run": {"back-reason": "check the leavers"},
    "void-bonus-run": {"reason": "wrong leaver", "seen": "draft"},
    "my-data": {"form": "json"},
    "person-data": {"form": "json"},
    "restate": {"kind": "value", "new": "4", "reason": "typing mistake"},
    "end-leave": {"last_day": "2026-02-04"},
    "take-back-leave": {"why": "typing mistake"},
    "mark-leaver": {"good_leaver": "yes", "why": "retired"},
    "cheer": {"wall": "behaviour=promise"},
    "vote-on-award": {"says": "yes"},
    "recall-award": {"reason": "by mistake"},
    "export-rewards": {"currency": "GBP"},
    "make-accounting-file": {"currency": "GBP", "through": "2026-03-04"},
    "take-accounting-file": {"form": "csv"},
    "take-rewards-file": {"form": "csv"},
    "decide-asked-case": {"answer": "decline", "reason": "Offer goods instead."},
}


def address(line_name: str, scene) -> str:
    name, _slash, variant = line_name.partition("/")
    if not name:
        if line_name == "/documents/":
            return f"/documents/{scene.document.pk}/handbook.txt"
        return line_name
    goal = ["BILLING", "waiting"]
    if name.startswith("person"):
        return reverse(name, args=[variant])
    arguments = {
        "account_reset_password_from_key": ["1", "wrong"],
        "mfa_remove_webauthn": [1],
        "mfa_edit_webauthn": [1],
        "openid_connect_login": ["wrong"],
        "openid_connect_callback": ["wrong"],
        "end-session": [scene.session_of_dee.pk],
        "invitation": [scene.invitation if variant == "of-ann" else "wrong"],
        "enter-leave": [variant],
        "mark-leaver": [variant],
        "end-leave": ["ann", scene.leave.pk],
        "take-back-leave": ["ann", scene.leave.pk],
        "notice": [scene.notice.pk],
        "mail": [scene.mail.pk],
        "webhook": [scene.delivery.webhook_id],
        "change-webhook": [scene.delivery.webhook_id],
        "renew-webhook-secret": [scene.delivery.webhook_id],
        "test-webhook": [scene.delivery.webhook_id],
        "pause-webhook": [scene.delivery.webhook_id],
        "resume-webhook": [scene.delivery.webhook_id],
        "send-delivery-again": [scene.delivery.pk],
        "send-mail-again": [scene.mail.pk],
        "drop-mail": [scene.mail.pk],
        "import": [scene.draft.pk],
        "read-import-anew": [scene.draft.pk],
        "apply-import": [scene.draft.pk],
        "figures-of-department": ["CLAIMS" if variant == "own" else "BILLING"],
        "decide-held-figure": [(scene.held if variant == "own" else scene.held_elsewhere).pk],
        "day": [TUESDAY if variant == "open" else MONDAY],
        "excuse": [TUESDAY, *goal],
        "restate": [MONDAY, *goal],
        "restatement": [scene.restatement.pk],
        "decide-restatement": [scene.restatement.pk],
        "site": ["HQ"],
        "rename-site": ["HQ"],
        "change-time-zone": ["HQ"],
        "change-week": ["HQ"],
        "add-calendar-entry": ["HQ"],
        "remove-calendar-entry": ["HQ", scene.closure.pk],
        "department-in-organisation": ["CLAIMS"],
        "rename-department": ["CLAIMS"],
        "move-department": ["CLAIMS"],
        "merge-department": ["CLAIMS"],
        "close-department": ["CLAIMS"],
        "department": ["CLAIMS"],
        "circle-department": ["CLAIMS"],
        "put-off-reminder": ["ann" if variant == "own" else "dee"],
        "results": [MONDAY],
        "erase-person": ["ann"],
        **{
            name: ["pulse"]
            for name in (
                "poll",
                "describe-poll",
                "poll-sections",
                "poll-holder",
                "add-poll-questions",
                "copy-poll",
                "discard-poll",
                "remind-poll",
                "preview-poll",
                "launch-poll",
                "take-hr-key",
                "take-second-key",
            )
        },
        "poll-question": ["pulse", 2],
        "move-poll-question": ["pulse", 3],
        "take-out-poll-question": ["pulse", 6],
        "library-question": ["shift"],
        "reword-question": ["shift"],
        "poll-theme": ["shifts"],
        "retire-poll-theme": ["shifts"],
        "poll-actions": ["spring"],
        **{
            name: ["winter"]
            for name in (
                "poll-result",
                "poll-heat-map",
                "poll-drivers",
                "poll-results-file",
                "release-poll",
                "poll-audit-report",
                "let-hr-read-poll",
                "show-poll",
            )
        },
        **{name: ["winter", 1] for name in ("poll-cell", "poll-comments", "poll-cell-pdf")},
        **{name: ["autumn"] for name in ("seal-poll", "poll-manager-sees")},
        **{
            name: ["autumn"]
            for name in (
                "poll-invitation",
                "claim-ballot",
                "poll-proof",
                "poll-slips",
                "poll-paper",
                "count-paper",
            )
        },
        "add-focus-area": ["spring"],
        "focus-area": [scene.focus_area.pk],
        "change-focus-area": [scene.focus_area.pk],
        "remove-focus-area": [scene.focus_area.pk],
        "add-action": [scene.focus_area.pk],
        "action": [scene.action.pk],
        "change-action": [scene.action.pk],
        "tell-of-action": [scene.action.pk],
        "publish-action": [scene.action.pk],
        "take-back-action": [scene.action.pk],
        "pool": ["bonus", 2026],
        "statements-of-run": [scene.run.pk],
        "make-statements": [scene.run.pk],
        "statements-bundle": [scene.run.pk],
        **{
            name: [scene.run.pk]
            for name in (
                "bonus-run",
                "compute-bonus-run",
                "propose-bonus-run",
                "send-back-bonus-run",
                "approve-bonus-run",
                "void-bonus-run",
                "bonus-run-people",
            )
        },
        "bonus-run-person": [scene.run.pk, "ann"],
        "payroll": [scene.run.pk],
        "payroll-layout": [scene.layout.pk],
        "bonus-replay": [scene.run.pk],
        "bonus-replay-file": [scene.run.pk],
        "bonus-policies": ["bonus"],
        "set-bonus-policy": ["bonus"],
        "close-year": ["bonus", 2026],
        "reopen-year": ["bonus", 2026],
        "write-off": ["bonus", 2026],
        "decide-year-act": ["bonus", 2025, scene.year_act.pk],
        "factors": [scene.run.pk],
        "factors-of-department": [scene.run.pk, "CLAIMS" if variant == "own" else "BILLING"],
        "my-statement": ["bonus", 2025 if variant == "other-year" else 2026],
        "ask-about-statement": ["bonus", 2026],
        "my-statement-pdf": ["bonus", 2026],
        "bonus-question": [scene.question.pk],
        "picture": ["images/nothing.jpg"],
        "news-feed": ["no-such-secret-of-a-feed"],
        "wall-feed": ["no-such-secret-of-a-feed"],
        "wall-feed-json": ["no-such-secret-of-a-feed"],
        "nomination": [
            {"of-claims": scene.nomination, "held": scene.doubted}.get(
                variant, scene.on_the_wall
            ).pk
        ],
        **{name: [scene.on_the_wall.pk] for name in ("cheer", "reply", "report-nomination")},
        "report-reply": [scene.on_the_wall.pk, scene.reply.pk],
        "withdraw-reply": [scene.on_the_wall.pk, scene.reply.pk],
        "award": [(scene.granted if variant == "granted" else scene.award).pk],
        "vote-on-award": [scene.award.pk],
        "count-award": [scene.award.pk],
        "recall-award": [scene.award.pk],
        "certificate": [scene.granted.pk, "ann"],
        "raise-award": [scene.nomination.pk],
        **{
            name: [scene.level.code]
            for name in (
                "award-level",
                "change-award-level",
                "retire-award-level",
                "add-seat",
            )
        },
        "end-seat": [scene.level.panel.first().pk],
        "behaviour": [scene.behaviour.code],
        "limit": [scene.limit.pk],
        "set-site-currencies": ["HQ"],
        "moment": [scene.moment.code],
        "retire-moment": [scene.moment.code],
        "retire-behaviour": [scene.behaviour.code],
        "recognition-budget": [scene.budget.pk],
        "take-rewards-file": [scene.rewards_file.pk],
        "end-emergency": [scene.emergency.pk],
        **{
            name: [(scene.waiting_screen if variant == "waiting" else scene.screen).pk]
            for name in (
                "office-screen",
                "change-screen",
                "revoke-screen",
                "remove-screen",
                "look-at-screen",
                "why-screen",
            )
        },
        "withdraw-nomination": [scene.nomination.pk],
        "fair-play-case": [scene.fair_play_case.pk],
        "appeal-case": [scene.fair_play_case.pk],
        "decide-case": [scene.fair_play_case.pk, "clear"],
        "case-receipt-photo": [scene.case.pk],
        "case-receipt": [(scene.part_back_case if variant == "none" else scene.case).pk],
        "take-accounting-file": [scene.accounting_file.pk],
        "card-line": [(scene.matched_card_line if variant == "matched" else scene.card_line).pk],
        "take-card-line-apart": [scene.card_match.pk],
        **{name: [scene.case.pk] for name in ("case", "give-case-back", "cancel-case")},
        **{name: [scene.asked_case.pk] for name in ("decide-asked-case", "withdraw-case")},
        "review-case": [scene.case.pk],
        "comment-case": [scene.case.pk],
        "case-outcome": [scene.case.pk],
        "screen-snapshot": [DaySnapshot.objects.latest().sha256],
    }
    query = {"nominate/link": "?to=max&behaviour=promise"}.get(line_name, "")
    return reverse(name, args=arguments.get(name, [])) + query


def answer(client, user, method: str, path: str, posted: dict) -> str:
    """The status; `in` when a stranger is sent to sign in. Wagtail sends colleagues whom it
    refuses there as well: then what they meet there counts."""
    client.logout()
    if user:
        client.force_login(user)
    ask = client.get if method == "GET" else client.post
    response = ask(path, posted if method == "POST" else {})
    if response.status_code == 302 and response.url.startswith("/sign-in/?next="):
        if user is None:
            return "in"
        response = client.get(response.url)
    return str(response.status_code)


def portions(lines: list, *, of: int = 12) -> list[list]:
    """Lines to be asked in one scene, which costs more to set up than a line to ask."""
    return [lines[start : start + of] for start in range(0, len(lines), of)]


@pytest.mark.parametrize("lines", portions(LINES), ids=lambda lines: " ".join(lines[0][:2]))
def test_every_role_gets_what_the_table_says(lines, scene, client):
    found, expected = {}, {}
    for name, method, *columns in lines:
        path, posted = address(name, scene), POSTED.get(name.partition("/")[0], {})
        cache.clear()
        for role, column in zip(ROLES, columns, strict=True):
            expected[name, method, role] = column
            with transaction.atomic():
                found[name, method, role] = answer(client, scene.cast[role], method, path, posted)
                transaction.set_rollback(True)
    assert found == expected


def test_the_table_is_complete_in_its_lines():
    assert {len(line) for line in LINES} == {2 + len(ROLES)}


def names_of_the_product() -> set[str]:
    """Names of all addresses; of Wagtail's own only the prefix, its pages stand at the root."""
    found = set()
    for entry in get_resolver().url_patterns:
        module = getattr(getattr(entry, "urlconf_name", None), "__name__", "")
        if module == "wagtail.urls":
            continue
        if module.startswith("wagtail."):
            found.add(f"/{entry.pattern}")
        else:
            found |= names_under(entry)
    return found


def names_under(entry: URLPattern | URLResolver) -> set[str]:
    """The names of an address, or of all that an include brings, however deep."""
    if isinstance(entry, URLResolver):
        return set().union(*map(names_under, entry.url_patterns))
    return {entry.name or str(entry.pattern)}


def test_no_address_is_missing_from_the_table():
    listed = {name if name.startswith("/") else name.partition("/")[0] for name, *_rest in LINES}
    assert names_of_the_product() - listed == set()


def test_every_address_of_the_product_is_both_read_and_written_in_the_table():
    product = {line[0] for line in LINES if not line[0].startswith("/")}
    methods = {name: {line[1] for line in LINES if line[0] == name} for name in product}
    assert {name for name, asked in methods.items() if asked != {"GET", "POST"}} == set()


def test_a_role_that_ended_opens_nothing_any_more(scene, client):
    editor = scene.cast["editor"]
    client.force_login(editor)
    assert client.get("/cms/").status_code == 200
    editor.role_assignments.update(until_date=MONDAY)
    # Its group is still there, as nobody has looked at it since.
    assert editor.groups.filter(name="editor").exists()
    assert client.get("/cms/", follow=True).status_code == 403


def test_a_group_without_the_role_opens_nothing(scene, client):
    from django.contrib.auth.models import Group

    scene.cast["employee"].groups.add(Group.objects.get(name="editor"))
    client.force_login(scene.cast["employee"])
    assert client.get("/cms/", follow=True).status_code == 403


def test_an_editor_writes_pages_but_no_accounts(scene, client):
    from cms.models import AnnouncementIndexPage, ResultsPage

    client.force_login(scene.cast["editor"])
    announcements = AnnouncementIndexPage.objects.get()
    add = reverse("wagtailadmin_pages:add", args=["cms", "announcementpage", announcements.pk])
    assert client.get(add).status_code == 200
    edit = reverse("wagtailadmin_pages:edit", args=[ResultsPage.objects.get().pk])
    assert client.get(edit).status_code == 200
    assert client.get("/cms/users/", follow=True).redirect_chain[-1][0] == "/cms/"
    assert client.get("/cms/groups/", follow=True).redirect_chain[-1][0] == "/cms/"


def test_rights_given_twice_are_the_same_rights(scene):
    from wagtail.models import GroupCollectionPermission, GroupPagePermission, PageViewRestriction

    from cms.rights import give_rights

    kept = (GroupPagePermission, GroupCollectionPermission, PageViewRestriction)
    before = [model.objects.count() for model in kept]
    give_rights()
    assert [model.objects.count() for model in kept] == before


def test_a_lead_loses_the_department_on_the_next_request(scene, client):
    bob = scene.cast["lead"]
    client.force_login(bob)
    assert client.get("/figures/of/CLAIMS/").status_code == 200
    bob.role_assignments.update(until_date=MONDAY)
    follow_roles(bob)
    assert client.get("/figures/of/CLAIMS/").status_code == 403
