#include "server/rules/choice_rules.hpp"

#include "server/base/beijing.hpp"
#include "server/base/encoding.hpp"
#include "server/rules/plain_text.hpp"
#include "server/rules/target_pattern.hpp"

namespace rules {
namespace {

std::string day_text(base::epoch_ms instant) {
    return base::to_text(base::business_day_of(instant));
}

choice_judgement refused(choice_verdict verdict, std::string sentence) {
    return {verdict, std::move(sentence)};
}

choice_judgement judge_amount(const choice_item& one, base::fen amount) {
    if (one.category != fee_category::living) {
        if (amount == one.price) return {};
        return refused(choice_verdict::price_changed, "金额已更新，请刷新后重新确认");
    }
    if (amount >= *one.least && amount <= *one.most) return {};
    return refused(
        choice_verdict::amount_outside,
        "金额应在" + base::to_grouped_yuan(*one.least) + "元到" + base::to_grouped_yuan(*one.most) +
            "元之间"
    );
}

choice_judgement judge_target(const choice_item& one, std::string_view given) {
    const auto target = trimmed(given);
    if (one.target_label.empty()) {
        if (target.empty()) return {};
        return refused(choice_verdict::target_unfit, "该项目不需要填写充值对象");
    }
    if (target.empty()) {
        return refused(choice_verdict::target_missing, "请填写" + one.target_label);
    }
    const bool sized =
        base::count_code_points(target) <= static_cast<std::size_t>(target_characters_max);
    bool fit = sized && is_plain(target);
    if (fit && !one.target_pattern.empty()) {
        const auto pattern = target_pattern_of(one.target_pattern);
        fit = pattern && fits(*pattern, target);
    }
    if (fit) return {};
    return refused(
        choice_verdict::target_unfit,
        one.target_hint.empty() ? one.target_label + "格式不正确"
                                : one.target_label + "格式不正确，" + one.target_hint
    );
}

choice_judgement judge_answers(
    const choice_item& one, const answers& filled_in, base::epoch_ms now
) {
    std::string why;
    const auto wanted = form_of(one.form_text, why);
    if (!wanted) return refused(choice_verdict::answers_unfit, "报名表有误，请联系学校");
    auto flaw = flaw_of(*wanted, filled_in, base::business_day_of(now));
    if (flaw.empty()) return {};
    return refused(choice_verdict::answers_unfit, std::move(flaw));
}

}  // namespace

bool is_offered(const choice_item& one) {
    switch (one.category) {
        case fee_category::other:
            return !one.required && one.price && *one.price > base::fen{};
        case fee_category::living:
            return one.least && one.most && *one.least > base::fen{} && *one.least <= *one.most;
        case fee_category::enrolment:
            return one.price && *one.price >= base::fen{};
        case fee_category::tuition:
        case fee_category::lodging:
            break;
    }
    return false;
}

std::string_view name_of(choice_state state) {
    switch (state) {
        case choice_state::open:
            return "open";
        case choice_state::not_yet_open:
            return "not_yet_open";
        case choice_state::window_closed:
            return "window_closed";
        case choice_state::full:
            return "full";
    }
    return "window_closed";
}

choice_state state_of(const choice_item& one, base::epoch_ms now) {
    if (one.open_from && now < *one.open_from) return choice_state::not_yet_open;
    if (one.open_until && now >= *one.open_until) return choice_state::window_closed;
    if (places_left(one) == 0) return choice_state::full;
    return choice_state::open;
}

std::string note_of(const choice_item& one, choice_state state) {
    switch (state) {
        case choice_state::open:
            return {};
        case choice_state::not_yet_open:
            if (!one.before_text.empty()) return one.before_text;
            return day_text(*one.open_from) + "开放，请届时办理";
        case choice_state::window_closed:
            if (!one.after_text.empty()) return one.after_text;
            return "已于" + day_text(*one.open_until - 1) + "截止";
        case choice_state::full:
            return "名额已满";
    }
    return {};
}

std::optional<int> places_left(const choice_item& one) {
    if (!one.capacity) return std::nullopt;
    return one.places_taken >= *one.capacity ? 0 : *one.capacity - one.places_taken;
}

choice_judgement judge_choice(
    const choice_item& one, const choice_wish& wanted, base::epoch_ms now
) {
    const auto state = state_of(one, now);
    if (state != choice_state::open) {
        const bool full = state == choice_state::full;
        const auto verdict = full ? choice_verdict::full : choice_verdict::not_open;
        return refused(verdict, note_of(one, state));
    }
    auto out = judge_amount(one, wanted.amount);
    if (out.verdict == choice_verdict::ok) out = judge_target(one, wanted.target);
    if (out.verdict == choice_verdict::ok) out = judge_answers(one, wanted.filled_in, now);
    return out;
}

}  // namespace rules
