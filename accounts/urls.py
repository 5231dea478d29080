"""Addresses of accounts: home per hat, switching hats, invitations, one's own account, the administrator's pages."""

from django.conf import settings
from django.urls import include, path

from accounts.views import demo, home, invitations, operations, statements
from accounts.views import settings as own

app_patterns = [
    path("uitnodiging/<str:token>/", invitations.invitation, name="invitation"),
    path("beheer/taken-en-mail/", operations.overview, name="operations"),
    path("beheer/taken/<int:pk>/opnieuw/", operations.retry_job, name="retry_job"),
    path("beheer/functies/", operations.posts, name="posts"),
    path("beheer/functies/<int:pk>/", operations.post_end, name="post_end"),
    path("beheer/uitnodigingen/<int:pk>/", operations.post_invitation, name="post_invitation"),
    path("beheer/logboek/", operations.audit, name="audit"),
]
urlpatterns = [
    path("", home.home, name="home"),
    path("rol/", home.switch_hat, name="switch_hat"),
    path("privacy/", statements.privacy, name="privacy"),
    path("toegankelijkheid/", statements.accessibility, name="accessibility"),
    path("mijn-account/", own.account, name="account_settings"),
    path("", include((app_patterns, "accounts"))),
]
if settings.DEMO_LOGINS:
    urlpatterns += [
        path("demo/", demo.people, name="demo"),
        path("demo/<uuid:public_id>/", demo.person, name="demo_person"),
    ]
