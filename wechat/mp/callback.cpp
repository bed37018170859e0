#include "wechat/mp/callback.hpp"

#include <algorithm>
#include <charconv>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "wechat/mp/envelope.hpp"
#include "wechat/mp/reply.hpp"

namespace wechat::mp {
namespace {

constexpr std::size_t echo_bytes_max = 128;
constexpr std::size_t parameter_bytes_max = 128;

std::string_view value_in(const query_list& query, std::string_view name) {
    for (const auto& [key, value] : query) {
        if (key == name) return value;
    }
    return {};
}

bool in_window(std::string_view timestamp, std::int64_t now_s, std::int64_t window_s) {
    std::int64_t at = 0;
    const auto* end = timestamp.data() + timestamp.size();
    const auto read = std::from_chars(timestamp.data(), end, at);
    if (read.ec != std::errc{} || read.ptr != end || at < 0) return false;
    return at <= now_s ? now_s - at <= window_s : at - now_s <= window_s;
}

callback_verdict verdict_of(unseal_kind what) {
    switch (what) {
        case unseal_kind::ok:
            return callback_verdict::ok;
        case unseal_kind::bad_base64:
            return callback_verdict::bad_base64;
        case unseal_kind::bad_ciphertext:
            return callback_verdict::bad_ciphertext;
        case unseal_kind::bad_padding:
            return callback_verdict::bad_padding;
        case unseal_kind::bad_length:
            return callback_verdict::bad_length;
        case unseal_kind::appid_mismatch:
            return callback_verdict::appid_mismatch;
    }
    return callback_verdict::bad_ciphertext;
}

[[noreturn]] void refuse(const std::string& what) {
    throw base::error{base::errc::conf_invalid, "wechat.account." + what};
}

base::secret aes_key_of(const base::secret& written, const std::string& key) {
    auto decoded = decode_aes_key(written.reveal());
    if (!decoded) refuse(key + ": 43 letters and digits");
    return std::move(*decoded);
}

struct opened {
    callback_verdict what = callback_verdict::bad_ciphertext;
    std::string xml;
    bool under_previous = false;
};

// With two keys the first complaint is kept: it speaks of the current key.
opened open_with_any(
    const std::vector<base::secret>& keys, std::string_view app_id, std::string_view encrypted
) {
    opened made;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto got = unseal(keys[i], app_id, encrypted);
        if (i == 0 || got.what == unseal_kind::ok) made.what = verdict_of(got.what);
        if (got.what != unseal_kind::ok) continue;
        made.xml = std::move(got.message);
        made.under_previous = i > 0;
        break;
    }
    return made;
}

}  // namespace

std::optional<callback_mode> callback_mode_of(std::string_view text) {
    if (text == "plain") return callback_mode::plain;
    if (text == "compatible") return callback_mode::compatible;
    if (text == "safe") return callback_mode::safe;
    return std::nullopt;
}

std::string_view name_of(callback_verdict what) {
    switch (what) {
        case callback_verdict::ok:
            return "ok";
        case callback_verdict::missing_parameter:
            return "missing_parameter";
        case callback_verdict::bad_signature:
            return "bad_signature";
        case callback_verdict::clock:
            return "clock";
        case callback_verdict::too_large:
            return "too_large";
        case callback_verdict::bad_xml:
            return "bad_xml";
        case callback_verdict::not_encrypted:
            return "not_encrypted";
        case callback_verdict::bad_base64:
            return "bad_base64";
        case callback_verdict::bad_ciphertext:
            return "bad_ciphertext";
        case callback_verdict::bad_padding:
            return "bad_padding";
        case callback_verdict::bad_length:
            return "bad_length";
        case callback_verdict::appid_mismatch:
            return "appid_mismatch";
        case callback_verdict::wrong_recipient:
            return "wrong_recipient";
    }
    return "";
}

callback::callback(const base::account_conf& conf)
    : app_id_{conf.app_id},
      original_id_{conf.original_id},
      mode_{callback_mode_of(conf.mode).value_or(callback_mode::safe)} {
    if (!callback_mode_of(conf.mode)) refuse("mode: plain, compatible or safe");
    if (app_id_.empty()) refuse("app_id: missing");
    if (conf.token.empty()) refuse("token: missing");
    tokens_.push_back(conf.token);
    if (!conf.previous_token.empty()) tokens_.push_back(conf.previous_token);

    if (mode_ != callback_mode::plain || !conf.encoding_aes_key.empty()) {
        aes_keys_.push_back(aes_key_of(conf.encoding_aes_key, "encoding_aes_key"));
    }
    if (!conf.previous_encoding_aes_key.empty()) {
        aes_keys_.push_back(aes_key_of(conf.previous_encoding_aes_key, "previous_encoding_aes_key")
        );
    }
}

std::optional<std::string> callback::echo_for(const query_list& query) const {
    const auto timestamp = value_in(query, "timestamp");
    const auto nonce = value_in(query, "nonce");
    const auto signature = value_in(query, "signature");
    const auto echo = value_in(query, "echostr");
    for (const auto part : {timestamp, nonce, signature, echo}) {
        if (part.empty() || part.size() > echo_bytes_max) return std::nullopt;
    }
    for (const auto& token : tokens_) {
        const auto expected = callback_signature(token.reveal(), timestamp, nonce);
        if (base::equal_in_constant_time(expected, signature)) return std::string{echo};
    }
    return std::nullopt;
}

callback_delivery callback::receive(
    const query_list& query, std::string_view body, std::int64_t now_s, std::int64_t window_s
) const {
    callback_delivery made;
    const auto ending = [&made](callback_verdict what) {
        made.what = what;
        return made;
    };
    const auto timestamp = value_in(query, "timestamp");
    const auto nonce = value_in(query, "nonce");
    if (timestamp.empty() || nonce.empty()) return ending(callback_verdict::missing_parameter);
    if (timestamp.size() > parameter_bytes_max || nonce.size() > parameter_bytes_max ||
        body.size() > callback_body_limit) {
        return ending(callback_verdict::too_large);
    }
    made.nonce = nonce;

    const bool announced = value_in(query, "encrypt_type") == "aes";
    std::string encrypted;
    if (mode_ != callback_mode::plain) {
        auto part = read_encrypted_part(body);
        if (!part) return ending(callback_verdict::bad_xml);
        encrypted = std::move(*part);
        // "signature" does not cover the body: falling back to it would let anybody who saw one
        // address forge messages.
        const bool must = mode_ == callback_mode::safe || announced;
        if (encrypted.empty() && must) return ending(callback_verdict::not_encrypted);
    }
    made.encrypted = !encrypted.empty();

    const auto claimed = value_in(query, made.encrypted ? "msg_signature" : "signature");
    const bool authentic = std::any_of(tokens_.begin(), tokens_.end(), [&](const auto& token) {
        const auto expected = made.encrypted
                                  ? message_signature(token.reveal(), timestamp, nonce, encrypted)
                                  : callback_signature(token.reveal(), timestamp, nonce);
        return base::equal_in_constant_time(expected, claimed);
    });
    if (!authentic) return ending(callback_verdict::bad_signature);
    if (!in_window(timestamp, now_s, window_s)) return ending(callback_verdict::clock);

    std::string xml;
    if (made.encrypted) {
        auto opened = open_with_any(aes_keys_, app_id_, encrypted);
        if (opened.what != callback_verdict::ok) return ending(opened.what);
        made.under_previous_key = opened.under_previous;
        xml = std::move(opened.xml);
    } else {
        xml = body;
    }
    auto said = read_message(xml);
    if (!said) return ending(callback_verdict::bad_xml);
    if (!original_id_.empty() && said->to_user != original_id_) {
        return ending(callback_verdict::wrong_recipient);
    }
    made.said = std::move(*said);
    return ending(callback_verdict::ok);
}

std::string callback::wrap(
    const callback_delivery& to,
    std::string_view reply_xml,
    std::int64_t now_s,
    std::string_view random16
) const {
    if (!to.encrypted || reply_xml.empty() || reply_xml == no_reply) return std::string{reply_xml};
    const auto& key = aes_keys_.at(to.under_previous_key ? 1 : 0);
    const auto encrypted = seal(key, app_id_, reply_xml, random16);
    const auto timestamp = std::to_string(now_s);
    const auto signature =
        message_signature(tokens_.front().reveal(), timestamp, to.nonce, encrypted);
    return "<xml><Encrypt>" + cdata(encrypted) + "</Encrypt><MsgSignature>" + cdata(signature) +
           "</MsgSignature><TimeStamp>" + timestamp + "</TimeStamp><Nonce>" + cdata(to.nonce) +
           "</Nonce></xml>";
}

}  // namespace wechat::mp
