from django.contrib.auth import views as auth
from django.urls import path

from people.views import imports
from people.views.accounts import SignIn

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("imports/", imports.index, name="imports"),
    path("imports/<int:pk>/", imports.show, name="import"),
    path("imports/<int:pk>/read-anew/", imports.read_anew, name="read-import-anew"),
    path("imports/<int:pk>/apply/", imports.apply, name="apply-import"),
]
