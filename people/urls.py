from allauth.account.views import logout
from django.urls import include, path
from django.views.decorators.http import require_POST

from people.views import (
    accounts,
    employment,
    imports,
    organisation,
    people,
    privacy,
    sites,
)
from people.views.styleguide import styleguide
from people.views.today import today

urlpatterns = [
    path("", today, name="today"),
    path("sign-in/", accounts.SignIn.as_view(), name="account_login"),
    path("sign-out/", require_POST(logout), name="account_logout"),
    path("account/", include("people.account_urls")),
    path("language/", accounts.choose_language, name="set_language"),
    path("invitation/<str:secret>/", accounts.invitation, name="invitation"),
    path("people/", people.index, name="people"),
    path("people/new/", employment.join, name="join"),
    path("people/<path:number>/change/", employment.describe, name="person-describe"),
    path("people/<path:number>/move/", employment.move, name="person-move"),
    path("people/<path:number>/pay/", employment.pay, name="person-pay"),
    path("people/<path:number>/leave/", employment.leave, name="person-leave"),
    path("people/<path:number>/come-back/", employment.come_back, name="person-come-back"),
    path("my-data/", privacy.my_data, name="my-data"),
    path("people/<path:number>/data/", privacy.person_data, name="person-data"),
    path("people/<path:number>/erase/", privacy.erase_person, name="erase-person"),
    path("people/<path:number>/salary/", people.salary, name="person-salary"),
    path("people/<path:number>/salary-looks/", people.salary_looks, name="person-salary-looks"),
    path("people/<path:number>/", people.show, name="person"),
    path("salary-looks/", people.all_salary_looks, name="salary-looks"),
    path("audit/", privacy.log, name="audit"),
    path("styleguide/", styleguide, name="styleguide"),
    path("imports/", imports.index, name="imports"),
    path("imports/<int:pk>/", imports.show, name="import"),
    path("imports/<int:pk>/read-anew/", imports.read_anew, name="read-import-anew"),
    path("imports/<int:pk>/apply/", imports.apply, name="apply-import"),
    path("sites/", sites.index, name="sites"),
    path("add-site/", sites.add, name="add-site"),
    path("sites/<code:code>/", sites.show, name="site"),
    path("sites/<code:code>/rename/", sites.rename, name="rename-site"),
    path("sites/<code:code>/time-zone/", sites.change_time_zone, name="change-time-zone"),
    path("sites/<code:code>/week/", sites.change_week, name="change-week"),
    path("sites/<code:code>/days/", sites.add_calendar_entry, name="add-calendar-entry"),
    path(
        "sites/<code:code>/days/<int:pk>/remove/",
        sites.remove_calendar_entry,
        name="remove-calendar-entry",
    ),
    path("organisation/", organisation.index, name="organisation"),
    path("organisation-list/", organisation.as_list, name="organisation-list"),
    path("add-department/", organisation.add, name="add-department"),
    path("organisation/<code:code>/", organisation.show, name="department-in-organisation"),
    path("organisation/<code:code>/rename/", organisation.rename, name="rename-department"),
    path("organisation/<code:code>/move/", organisation.move, name="move-department"),
    path("organisation/<code:code>/merge/", organisation.merge, name="merge-department"),
    path("organisation/<code:code>/close/", organisation.close, name="close-department"),
]
