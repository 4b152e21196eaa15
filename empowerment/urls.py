"""Addresses of empowerment money."""

from django.urls import path

from empowerment.views import (
    asked,
    cases,
    currencies,
    limits,
    moments,
    outcomes,
    receipts,
    reports,
    reviews,
    spending,
)

urlpatterns = [
    path("cases/", cases.index, name="cases"),
    path("cases/mine/", cases.mine, name="my-cases"),
    path("cases/asked/", asked.index, name="asked-cases"),
    path("cases/<int:pk>/", cases.show, name="case"),
    path("cases/<int:pk>/give-back/", cases.give_back, name="give-case-back"),
    path("cases/<int:pk>/cancel/", cases.cancel, name="cancel-case"),
    path("cases/<int:pk>/decide/", asked.decide, name="decide-asked-case"),
    path("cases/<int:pk>/withdraw/", asked.withdraw, name="withdraw-case"),
    path("cases/<int:pk>/outcome/", outcomes.answer, name="case-outcome"),
    path("cases/outcomes/", outcomes.index, name="outcomes"),
    path("empowerment/reports/", reports.index, name="empowerment-reports"),
    path("empowerment/outcomes/import/", outcomes.import_file, name="import-outcomes"),
    path("cases/reviews/", reviews.index, name="reviews"),
    path("cases/<int:pk>/review/", reviews.review, name="review-case"),
    path("cases/<int:pk>/comment/", reviews.comment, name="comment-case"),
    path("cases/new/", spending.new, name="spend"),
    path("cases/allowance/", spending.allowance, name="allowance"),
    path("cases/<int:pk>/receipt/", receipts.receipt, name="case-receipt"),
    path("empowerment/limits/", limits.index, name="limits"),
    path("empowerment/limits/new/", limits.new, name="set-limit"),
    path("empowerment/limits/compare/", limits.compare, name="compare-limits"),
    path("empowerment/limits/mine/", limits.mine, name="my-limits"),
    path("empowerment/limits/<int:pk>/", limits.show, name="limit"),
    path("empowerment/currencies/", currencies.index, name="site-currencies"),
    path("empowerment/currencies/<code:code>/", currencies.set_for, name="set-site-currencies"),
    path("empowerment/moments/", moments.index, name="moments"),
    path("empowerment/moments/new/", moments.add, name="add-moment"),
    path("empowerment/moments/of/<slug:code>/", moments.change, name="moment"),
    path("empowerment/moments/of/<slug:code>/retire/", moments.retire, name="retire-moment"),
]
