#pragma once

#include <optional>
#include <string>
#include <utility>

namespace wechat {

// How a call to WeChat ended. Unknown is never treated as failed.
enum class call_kind {
    done,     // WeChat said yes, and that is proven where the protocol can prove it
    refused,  // WeChat said no, with its code
    unknown,  // nobody can tell yet whether it had an effect
};

// What WeChat said when it did not say yes. For the log and for choosing; `message` is not for
// users.
struct refusal {
    std::string code;  // as WeChat spells it: "ORDER_CLOSED", "40164"
    std::string message;
    unsigned http_status = 0;
    std::string request_id;  // Request-ID or rid; WeChat's support asks for it
    bool proven = false;     // pay: the error itself was signed. Else it is only a hint
};

template <class T>
struct call_result {
    call_kind kind = call_kind::unknown;
    std::optional<T> value;  // when done
    refusal why;             // when refused; when unknown, what little was said
    std::string reason;      // when unknown
    bool not_sent = false;   // when unknown: certainly nothing reached WeChat

    call_result() = default;

    static call_result done(T value) {
        call_result made;
        made.kind = call_kind::done;
        made.value.emplace(std::move(value));
        return made;
    }
    static call_result refused(refusal why) {
        call_result made;
        made.kind = call_kind::refused;
        made.why = std::move(why);
        return made;
    }
    static call_result unknown(std::string reason, refusal why = {}, bool not_sent = false) {
        call_result made;
        made.reason = std::move(reason);
        made.why = std::move(why);
        made.not_sent = not_sent;
        return made;
    }
    // The same ending for a caller who promises another type; not for `done`.
    template <class Other>
    call_result<Other> ending_as() const {
        if (kind == call_kind::refused) return call_result<Other>::refused(why);
        return call_result<Other>::unknown(reason, why, not_sent);
    }
};

struct nothing {};  // call_result<nothing>: success without content

}  // namespace wechat
