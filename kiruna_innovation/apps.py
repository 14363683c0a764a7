from django.apps import AppConfig


class KirunaInnovationConfig(AppConfig):
    name = "kiruna_innovation"
