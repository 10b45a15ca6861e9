import { createApp } from 'vue'

import App from './App.vue'
import { createSandbox, SANDBOX } from './state/sandbox'
import './styles/base.css'
import './styles/feishu.css'
import './styles/wecom.css'

createApp(App).provide(SANDBOX, createSandbox()).mount('#app')
