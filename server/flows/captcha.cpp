#include "server/flows/captcha.hpp"

#include <array>

#include "db/captchas.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/flows/aside.hpp"
#include "server/flows/throttle.hpp"
#include "server/paper/captcha_picture.hpp"
#include "server/rules/contact.hpp"

namespace flows {
namespace {

constexpr base::epoch_ms life_ms = 5 * 60'000;
constexpr std::size_t letter_count = 4;
// A campus behind one address signs in at the same hour.
constexpr int asked_per_address_max = 3000;

unsigned dice(unsigned sides) {
    const auto bytes = base::random_bytes(4);
    unsigned out = 0;
    for (const char byte : bytes) out = out << 8U | static_cast<unsigned char>(byte);
    return out % sides;
}

// Without those that look alike: 0O, 1IL, 2Z, 5S, 8B, G6.
std::string some_letters() {
    constexpr std::string_view letters = "ACDEFHJKMNPQRTUVWXY3479";
    std::string out;
    while (out.size() < letter_count) out += letters[dice(letters.size())];
    return out;
}

std::string in_words(unsigned number) {
    constexpr std::array words{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    return words.at(number);
}

struct sum_in_words {
    std::string question;
    std::string answer;
};

sum_in_words some_sum() {
    const auto a = 2 + dice(8);
    const auto b = 1 + dice(a - 1);
    const bool plus = dice(2) == 0;
    const auto result = plus ? a + b : a - b;
    const std::string sign = plus ? "加" : "减";
    return {
        "请计算：" + in_words(a) + sign + in_words(b) + "等于几？请填写数字",
        std::to_string(result)};
}

std::string normal_answer(std::string_view typed) {
    auto out = rules::normal_digits(typed);
    for (auto& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

std::string hash_of(const parts& with, std::int64_t id, std::string_view normal) {
    return with.vault.keyed_hash("captcha", std::to_string(id) + ':' + std::string{normal});
}

}  // namespace

base::task<asked_captcha> make_captcha(
    parts& with, visitor who, captcha_form form, std::string address
) {
    co_await count_by_address(with, "captcha", address, asked_per_address_max);
    asked_captcha out;
    out.id = base::next_id();
    out.form = form;
    std::string answer;
    if (form == captcha_form::picture) {
        answer = some_letters();
        const auto noise = base::random_bytes(paper::captcha_noise);
        auto draw = [&] { return paper::captcha_picture(answer, noise); };
        out.picture = co_await with.heavy->run<std::string>(draw);
    } else {
        auto sum = some_sum();
        out.question = std::move(sum.question);
        answer = std::move(sum.answer);
    }
    const db::captcha kept{out.id, session_hash(who.token), hash_of(with, out.id, answer)};
    const auto unit = [&kept](db::connection& db) { db::keep_captcha(db, kept, life_ms); };
    co_await with.pool.transact(unit);
    out.expires_at = base::now_ms() + life_ms;
    co_return out;
}

base::task<void> require_captcha(parts& with, visitor who, std::int64_t id, std::string answer) {
    const auto browser = session_hash(who.token);
    const auto unit = [&](db::connection& db) { return db::take_captcha(db, id, browser); };
    const auto right = co_await with.pool.transact(unit);
    const auto given = hash_of(with, id, normal_answer(answer));
    if (!right || !base::equal_in_constant_time(*right, given)) {
        throw base::error{base::errc::captcha_wrong};
    }
}

}  // namespace flows
