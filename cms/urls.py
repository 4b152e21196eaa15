from django.urls import path

from cms.views import results

urlpatterns = [path("results/<date:day>/", results, name="results")]
