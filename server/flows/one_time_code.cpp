#include "server/flows/one_time_code.hpp"

#include <array>
#include <cstdlib>
#include <ctime>
#include <memory>

#include <liboath/oath.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace flows {
namespace {

constexpr std::size_t secret_bytes = 20;
constexpr unsigned step_s = 30;
constexpr unsigned digits = 6;
constexpr std::int64_t steps_around = 1;

struct freed {
    void operator()(char* text) const { std::free(text); }  // NOLINT: the library allocates
};

std::string code_at(std::string_view secret, std::int64_t step) {
    static const int ready = oath_init();
    base::ensure(ready == OATH_OK, "liboath starts");
    std::array<char, digits + 1> out{};
    const int failed = oath_totp_generate(
        secret.data(),
        secret.size(),
        static_cast<std::time_t>(step) * step_s,
        step_s,
        OATH_TOTP_DEFAULT_START_TIME,
        digits,
        out.data()
    );
    base::ensure(failed == OATH_OK, "liboath makes codes");
    return std::string{out.data(), digits};
}

// "123 456", as apps show it.
std::string without_blanks(std::string_view code) {
    std::string out{code};
    std::erase(out, ' ');
    return out;
}

}  // namespace

std::string new_code_secret() {
    return base::random_bytes(secret_bytes);
}

std::string written_secret(std::string_view secret) {
    char* made = nullptr;
    std::size_t length = 0;
    const int failed = oath_base32_encode(secret.data(), secret.size(), &made, &length);
    const std::unique_ptr<char, freed> owner{made};
    base::ensure(failed == OATH_OK, "liboath writes base32");
    return std::string{made, length};
}

std::string otpauth_uri(
    std::string_view secret, std::string_view issuer, std::string_view account
) {
    const auto shown = base::percent_encode(issuer);
    return "otpauth://totp/" + shown + ":" + base::percent_encode(account) +
           "?secret=" + written_secret(secret) + "&issuer=" + shown +
           "&algorithm=SHA1&digits=6&period=30";
}

std::optional<std::int64_t> step_of_code(
    std::string_view secret, std::string_view code, base::epoch_ms now
) {
    const auto typed = without_blanks(code);
    const auto present = now / 1000 / step_s;
    std::optional<std::int64_t> out;
    for (auto step = present - steps_around; step <= present + steps_around; ++step) {
        if (base::equal_in_constant_time(code_at(secret, step), typed)) out = step;
    }
    return out;
}

}  // namespace flows
