// What the platform would refuse or cut, found before sending; and what differs after reading back.
#include <algorithm>
#include <array>

#include "server/base/encoding.hpp"
#include "wechat/mp/menu.hpp"
#include "wechat/url.hpp"

namespace wechat::mp {
namespace {

using level = menu_problem_level;

constexpr std::size_t top_count_max = 3;
constexpr std::size_t sub_count_max = 5;
constexpr std::size_t key_bytes_max = 128;
constexpr std::size_t url_bytes_max = 1024;

struct name_limit {
    std::size_t bytes_max;
    std::size_t characters_shown;
};
constexpr name_limit top_name{16, 4};
constexpr name_limit sub_name{60, 8};

enum class needs { key, url, mini_program, media, article };

struct button_type {
    std::string_view name;
    needs what;
};

constexpr std::array button_types{
    button_type{"click", needs::key},
    button_type{"view", needs::url},
    button_type{"miniprogram", needs::mini_program},
    button_type{"scancode_push", needs::key},
    button_type{"scancode_waitmsg", needs::key},
    button_type{"pic_sysphoto", needs::key},
    button_type{"pic_photo_or_album", needs::key},
    button_type{"pic_weixin", needs::key},
    button_type{"location_select", needs::key},
    button_type{"media_id", needs::media},
    button_type{"view_limited", needs::media},
    button_type{"article_id", needs::article},
    button_type{"article_view_limited", needs::article},
};

std::string place(std::size_t top) {
    return "第" + std::to_string(top + 1) + "个菜单";
}
std::string place(std::size_t top, std::size_t sub) {
    return place(top) + "的第" + std::to_string(sub + 1) + "个子菜单";
}

class checker {
public:
    explicit checker(const std::vector<std::string>& hosts) : hosts_{hosts} {}

    void check(const menu& wanted) {
        const auto count = wanted.buttons.size();
        if (count < 1 || count > top_count_max) wrong("菜单", "一级菜单应为 1 至 3 个");
        for (std::size_t i = 0; i < count; ++i) {
            const auto& top = wanted.buttons[i];
            check_name(place(i), top.name, top_name);
            if (top.sub_buttons.empty()) {
                check_action(place(i), top);
            } else {
                check_parent(i, top);
            }
        }
    }

    std::vector<menu_problem> taken() { return std::move(found_); }

private:
    void add(level how, std::string where, std::string sentence) {
        found_.push_back({how, std::move(where), std::move(sentence)});
    }
    void wrong(std::string where, std::string sentence) {
        add(level::error, std::move(where), std::move(sentence));
    }

    void check_parent(std::size_t i, const menu_button& top) {
        if (!top.type.empty()) wrong(place(i), "有子菜单的菜单不能再设置动作");
        if (top.sub_buttons.size() > sub_count_max) wrong(place(i), "子菜单应为 1 至 5 个");
        for (std::size_t j = 0; j < top.sub_buttons.size(); ++j) {
            const auto& sub = top.sub_buttons[j];
            check_name(place(i, j), sub.name, sub_name);
            if (!sub.sub_buttons.empty()) wrong(place(i, j), "子菜单只能有一级");
            check_action(place(i, j), sub);
        }
    }

    void check_name(const std::string& where, const std::string& name, name_limit limit) {
        if (name.empty()) return wrong(where, "名称不能为空");
        if (!base::is_utf8(name)) return wrong(where, "名称不是有效的文字");
        const bool odd = std::any_of(name.begin(), name.end(), [](char c) {
            const auto b = static_cast<unsigned char>(c);
            return b < 0x20 || b == 0x7F || b >= 0xF0;
        });
        if (odd) wrong(where, "名称不能含控制字符或表情符号");
        if (name.front() == ' ' || name.back() == ' ') wrong(where, "名称首尾不能有空格");
        if (name.size() > limit.bytes_max) {
            wrong(
                where,
                "名称过长：最多 " + std::to_string(limit.bytes_max) +
                    " 字节（一个汉字 3 字节），现为 " + std::to_string(name.size()) + " 字节"
            );
        } else if (base::count_code_points(name) > limit.characters_shown) {
            add(level::warning,
                where,
                "名称超过 " + std::to_string(limit.characters_shown) +
                    " 个汉字，手机上会显示为省略号");
        }
    }

    void check_action(const std::string& where, const menu_button& one) {
        const auto known =
            std::find_if(button_types.begin(), button_types.end(), [&one](const auto& row) {
                return row.name == one.type;
            });
        if (one.type.empty()) return wrong(where, "没有设置动作");
        if (known == button_types.end()) return wrong(where, "不支持的动作类型：" + one.type);
        switch (known->what) {
            case needs::key:
                return check_key(where, one.key);
            case needs::url:
                return check_url(where, one.url, true);
            case needs::mini_program:
                if (one.app_id.empty()) wrong(where, "缺少小程序的 AppID");
                if (one.page_path.empty()) wrong(where, "缺少小程序的页面路径");
                return check_url(where, one.url, false);
            case needs::media:
                if (one.media_id.empty()) wrong(where, "缺少素材编号");
                return;
            case needs::article:
                if (one.article_id.empty()) wrong(where, "缺少文章编号");
                return;
        }
    }

    void check_key(const std::string& where, const std::string& key) {
        if (key.empty()) wrong(where, "缺少 KEY");
        if (key.size() > key_bytes_max) wrong(where, "KEY 最多 128 字节");
    }

    void check_url(const std::string& where, const std::string& url, bool ours_only) {
        if (url.empty()) return wrong(where, "缺少链接");
        if (url.size() > url_bytes_max) wrong(where, "链接最多 1024 字节");
        const auto bare = std::string_view{url}.substr(0, url.find('#'));
        const auto parts = read_url(bare);
        if (!parts) return wrong(where, "链接应以 https:// 开头，且不含空格和汉字");
        if (!parts->tls && !is_loopback(parts->host)) wrong(where, "链接应以 https:// 开头");
        const bool ours = hosts_.empty() ||
                          std::find(hosts_.begin(), hosts_.end(), parts->authority) != hosts_.end();
        if (ours_only && !ours) wrong(where, "链接的域名不在允许的范围内：" + parts->authority);
    }

    const std::vector<std::string>& hosts_;
    std::vector<menu_problem> found_;
};

std::string quoted(const std::string& text) {
    return text.empty() ? std::string{"（空）"} : "“" + text + "”";
}

void compare_member(
    const std::string& where,
    std::string_view what,
    const std::string& wanted,
    const std::string& found,
    std::vector<std::string>& into
) {
    if (wanted == found) return;
    into.push_back(
        where + "：" + std::string{what} + "应为" + quoted(wanted) + "，实际为" + quoted(found)
    );
}

void compare_button(
    const std::string& where,
    const menu_button& wanted,
    const menu_button& found,
    std::vector<std::string>& into
) {
    compare_member(where, "名称", wanted.name, found.name, into);
    compare_member(where, "动作", wanted.type, found.type, into);
    compare_member(where, "KEY", wanted.key, found.key, into);
    compare_member(where, "链接", wanted.url, found.url, into);
    compare_member(where, "小程序", wanted.app_id, found.app_id, into);
    compare_member(where, "小程序页面", wanted.page_path, found.page_path, into);
    compare_member(where, "素材", wanted.media_id, found.media_id, into);
    compare_member(where, "文章", wanted.article_id, found.article_id, into);
}

template <class Place, class Both>
void compare_lists(
    const std::vector<menu_button>& wanted,
    const std::vector<menu_button>& found,
    const Place& where,
    const Both& both,
    std::vector<std::string>& into
) {
    for (std::size_t i = 0; i < std::max(wanted.size(), found.size()); ++i) {
        if (i >= found.size()) {
            into.push_back("缺少" + where(i) + quoted(wanted[i].name));
        } else if (i >= wanted.size()) {
            into.push_back("多出" + where(i) + quoted(found[i].name));
        } else {
            compare_button(where(i), wanted[i], found[i], into);
            both(i);
        }
    }
}

}  // namespace

std::vector<menu_problem> check_menu(const menu& wanted, const std::vector<std::string>& hosts) {
    checker one{hosts};
    one.check(wanted);
    return one.taken();
}

bool may_be_published(const std::vector<menu_problem>& problems) {
    return std::none_of(problems.begin(), problems.end(), [](const auto& one) {
        return one.level == level::error;
    });
}

std::vector<std::string> differences(const menu& wanted, const menu& found) {
    std::vector<std::string> out;
    const auto top = [](std::size_t i) { return place(i); };
    const auto below = [&](std::size_t i) {
        const auto sub = [i](std::size_t j) { return place(i, j); };
        const auto nothing_further = [](std::size_t) {};
        compare_lists(
            wanted.buttons[i].sub_buttons, found.buttons[i].sub_buttons, sub, nothing_further, out
        );
    };
    compare_lists(wanted.buttons, found.buttons, top, below, out);
    return out;
}

}  // namespace wechat::mp
