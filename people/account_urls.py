"""The account's addresses: allauth's views, of which those that nobody here needs are left out.

HR keeps e-mail addresses and makes accounts, so signing up and changing the address are not here.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as socialaccount
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path, re_path

from people.views import accounts, shared_devices, shown

urlpatterns = [
    path("not-known/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path(
        "password/forgotten/mailed/", account.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "password/new/done/", account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # A key has hyphens of its own.
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key, name="account_reset_password_from_key",
    ),
    path("second-factor/", mfa.index, name="mfa_index"),
    path("second-factor/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", recovery_codes.view_recovery_codes,
         name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", recovery_codes.generate_recovery_codes,
         name="mfa_generate_recovery_codes"),
    path("second-factor/codes/file/", recovery_codes.download_recovery_codes,
         name="mfa_download_recovery_codes"),
    path("passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/reauthenticate/", webauthn.reauthenticate_webauthn,
         name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("single-sign-on/cancelled/", socialaccount.login_cancelled,
         name="socialaccount_login_cancelled"),
    path("single-sign-on/error/", socialaccount.login_error, name="socialaccount_login_error"),
    path("single-sign-on/signup/", socialaccount.signup, name="socialaccount_signup"),
    path("single-sign-on/connections/", socialaccount.connections,
         name="socialaccount_connections"),
    path("single-sign-on/<slug:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path("single-sign-on/<slug:provider_id>/callback/", openid_connect.callback,
         name="openid_connect_callback"),
    path("shared-device/", shared_devices.sign_in, name="shared-device"),
    path("shown/", shown.index, name="shown"),
    path("shown/nickname/", shown.nickname, name="shown-nickname"),
    path("shown/photo/", shown.photo, name="shown-photo"),
    path("shown/photo/remove/", shown.remove_photo, name="shown-photo-remove"),
    path("devices/", accounts.devices, name="devices"),
    path("devices/others/end/", accounts.end_other_sessions, name="end-other-sessions"),
    path("devices/<int:pk>/end/", accounts.end_session, name="end-session"),
]  # fmt: skip
