"""
Use cases and chat handlers, one module per topic.

    registration, registration_chat    报备: submitting, and the conversation around it
    registration_outcome               what its approval offers and does
    business_card                      名片: pictures and files that are sent
    duplicates                         查重
    approval, approval_decision        审批: asking and reminding; deciding on the card
    pool, protection                   公海 and 保护期: claiming, giving back, the clocks
    customer, follow_up, task          查客户, 跟进, 待办
    collaboration                      申请协作
    people, departments                members in step with the directories (通讯录)
    departures, leaver, handover       离职: asking whether, letting go, 交接 to colleagues
    linking                            关联成员: one person on several platforms
    routes                             everything the bot answers to
    help, digest, housekeeping, demo   帮助, 日报, nightly tidying, the demo company
"""
