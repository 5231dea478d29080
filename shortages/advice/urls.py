"""Addresses of: the acts that place most students, the tasks made of them, and the mails about what changed."""

from django.urls import path

from shortages.views import account, digests, tasks

urlpatterns = [
    path("tekorten/taken/", tasks.tasks, name="tasks"),
    path("tekorten/taken/advies/", tasks.acts, name="acts"),
    path("tekorten/taken/advies/<uuid:public_id>/", tasks.act, name="act"),
    path("tekorten/taken/advies/<uuid:public_id>/oppakken/", tasks.take, name="take_act"),
    path("tekorten/taken/<uuid:public_id>/", tasks.task, name="task"),
    path("tekorten/taken/<uuid:public_id>/overnemen/", tasks.take_over, name="take_over_task"),
    path("tekorten/taken/<uuid:public_id>/heropenen/", tasks.undo, name="undo_task"),
    path("tekorten/taken/<uuid:public_id>/teruggeven/", tasks.give_back, name="give_back_task"),
    path("account/berichten/", account.choose, name="my_digests"),
    path("tekorten/bericht/<str:token>/", digests.refuse, name="digest_off"),
    path("tekorten/weekbericht/<str:token>/", digests.confirm, name="weekly_confirm"),
    path("tekorten/weekbericht/<str:token>/stoppen/", digests.stop, name="weekly_stop"),
    path("beheer/weekbericht/", digests.subscriptions, name="subscriptions"),
    path("beheer/weekbericht/<uuid:public_id>/stoppen/", digests.end, name="end_subscription"),
]
