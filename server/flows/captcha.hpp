#pragma once

#include <cstdint>
#include <string>

#include "server/base/clock.hpp"
#include "server/base/task.hpp"
#include "server/flows/visitors.hpp"

// 验证码: letters in a picture or, for those who cannot see it, a small sum in words. Single use,
// five minutes, for the browser that asked.
namespace flows {

enum class captcha_form { picture, question };

struct asked_captcha {
    std::int64_t id = 0;
    captcha_form form = captcha_form::picture;
    std::string picture;   // PNG
    std::string question;  // Chinese
    base::epoch_ms expires_at = 0;
};

// Throws too_many_requests for an address that asks without end.
base::task<asked_captcha> make_captcha(
    parts& with, visitor who, captcha_form form, std::string address
);

// Throws captcha_wrong; the captcha is used up either way.
base::task<void> require_captcha(parts& with, visitor who, std::int64_t id, std::string answer);

}  // namespace flows
