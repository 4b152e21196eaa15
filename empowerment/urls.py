"""Addresses of empowerment money."""

from django.urls import path

from empowerment.views import asked, cases, outcomes, receipts, reviews, spending

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
    path("empowerment/outcomes/import/", outcomes.import_file, name="import-outcomes"),
    path("cases/reviews/", reviews.index, name="reviews"),
    path("cases/<int:pk>/review/", reviews.review, name="review-case"),
    path("cases/<int:pk>/comment/", reviews.comment, name="comment-case"),
    path("cases/new/", spending.new, name="spend"),
    path("cases/allowance/", spending.allowance, name="allowance"),
    path("cases/<int:pk>/receipt/", receipts.receipt, name="case-receipt"),
]
