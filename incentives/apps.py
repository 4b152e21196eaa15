from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "incentives"

    def ready(self) -> None:
        from incentives import permissions  # noqa: F401
        from incentives.cards import cards
        from incentives.entries import ENTRIES
        from incentives.guards import GUARDS
        from incentives.receivers import enqueue_estimates
        from incentives.services import (
            factors,
            figure_imports,  # noqa: F401
            payment_imports,  # noqa: F401
            questions,
            statement_batches,
        )
        from incentives.services.bonus_checking import check_bonuses
        from incentives.services.checking import check_pools
        from incentives.services.closing import last_final_day
        from incentives.services.departments import what_becomes_of_goals
        from incentives.services.personal import PARTS
        from incentives.services.pools import final_day_behind
        from incentives.signals import day_closed, day_restated
        from ledger.services.checking import also_check
        from people import guards, menu, today
        from people.services import erasing, personal
        from people.services.departments import tell_effects
        from people.services.policies import refuse_when
        from people.services.rule_changes import ask_for_final_days

        guards.register(*GUARDS)
        menu.register(*ENTRIES)
        personal.register(*PARTS)
        for subject in (questions, factors, statement_batches):
            erasing.also_forget(subject.forget)
        today.register("incentives", cards)
        also_check(check_pools)
        also_check(check_bonuses)
        refuse_when("fiscal_year_start", final_day_behind)
        ask_for_final_days(last_final_day)
        tell_effects(what_becomes_of_goals)
        day_closed.connect(enqueue_estimates, dispatch_uid="incentives.estimates.closed")
        day_restated.connect(enqueue_estimates, dispatch_uid="incentives.estimates.restated")
