#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rapidjson/document.h>

#include "server/base/conf.hpp"
#include "wechat/header_list.hpp"

// The signed samples under tests/vectors, and parts built from their throw-away keys.
namespace vectors {

inline std::string text(const std::string& path) {
    std::ifstream file{std::string{CAMPUS_VECTORS_DIR} + "/" + path, std::ios::binary};
    if (!file) throw std::runtime_error{"no such vector: " + path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline rapidjson::Document json(const std::string& path) {
    rapidjson::Document read;
    const auto content = text(path);
    read.Parse(content.data(), content.size());
    if (read.HasParseError()) throw std::runtime_error{"not JSON: " + path};
    return read;
}

// Byte-exact; "" for an absent member.
inline std::string at(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsString()) return {};
    return {found->value.GetString(), found->value.GetStringLength()};
}

inline wechat::header_list pairs(const rapidjson::Value& object) {
    wechat::header_list out;
    for (const auto& member : object.GetObject()) {
        out.emplace_back(member.name.GetString(), member.value.GetString());
    }
    return out;
}

inline constexpr auto mch_id = "1699999901";
inline constexpr auto app_id = "wx0123456789abcdef";
inline constexpr auto serial_no = "5A1C0DE0000000000000000000000000000000A1";
inline constexpr auto public_key_id = "PUB_KEY_ID_0116999999012026112200000000000001";
inline constexpr auto certificate_serial = "4B1A7F0000000000000000000000000000000B02";
inline constexpr auto api_v3_key = "campusPayTestOnlyApiV3Key_000001";
inline constexpr std::int64_t base_s = 1795348800;  // 2026-11-22T20:00:00+08:00

inline std::string key_file(const std::string& name) {
    return text("wechat-pay/keys/" + name);
}

enum class mode { both, public_key, certificate, bare };

inline base::merchant_conf merchant_conf(mode how = mode::both) {
    base::merchant_conf made;
    made.mch_id = mch_id;
    made.merchant_name = "吉林交通职业技术学院";
    made.serial_no = serial_no;
    made.private_key = base::secret{key_file("merchant.private.pem")};
    made.api_v3_key = base::secret{api_v3_key};
    made.api_base = "http://127.0.0.1:1";
    if (how == mode::both || how == mode::public_key) {
        made.platform_keys[public_key_id] = key_file("platform_pubkey.public.pem");
    }
    if (how == mode::both || how == mode::certificate) {
        made.platform_keys[certificate_serial] = key_file("platform_cert.cert.pem");
    }
    return made;
}

}  // namespace vectors
