"""Addresses that exist only in the demo."""

from django.urls import URLPattern, path

from kiruna_innovation import mailbox
from kiruna_innovation.demo import views

urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="demo_sign_in"),
    path("mail/", mailbox.index, name="demo_mail"),
    path("mail/<str:name>/", mailbox.show, name="demo_letter"),
    path("mail/<str:name>/html/", mailbox.html, name="demo_letter_html"),
]
